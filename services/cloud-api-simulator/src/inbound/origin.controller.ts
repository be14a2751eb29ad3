import { seededRandom, sha256Hex, type SeededRandom } from '@daybreak/kernel';
import { Controller, Get, Header, NotFoundException, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Simulation } from '../platform/simulation.js';
import { packImage, type ImageType } from './pack-image.js';

interface Image {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly mediaType: string;
}

const KEPT = 256; // images; a morning needs a few for each language
const NAME = /^(?<name>[\w./-]{1,200})\.(?<type>png|jpe?g)$/;

/** A small CDN for pack images. Any name ending in .png or .jpg is a picture, always the same one. */
@Controller('_origin')
export class OriginController {
  private readonly images = new Map<string, Image>();
  private readonly random: SeededRandom;

  constructor(private readonly simulation: Simulation) {
    this.random = seededRandom(`${simulation.settings.seed}/origin`);
  }

  /** Hash, size and type of an image, for whoever publishes a pack. */
  @Get('describe')
  describe(@Query('path') path = ''): { path: string; sha256: string; size_bytes: number; media_type: string } {
    const { bytes, sha256, mediaType } = this.imageOf(path);
    return { path, sha256, size_bytes: bytes.length, media_type: mediaType };
  }

  @Get('*')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  async image(@Param('*') path: string, @Res() reply: FastifyReply): Promise<void> {
    const { failShare, failHttpStatus, slowShare, slowMs } = this.simulation.live.origin;
    if (this.random.chance(slowShare)) await this.simulation.clock.sleepUntil(this.simulation.clock.nowMs() + slowMs);
    if (this.random.chance(failShare)) return void (await reply.code(failHttpStatus).send('The origin has a fault.'));
    const { bytes, sha256, mediaType } = this.imageOf(path);
    await reply.type(mediaType).header('etag', `"${sha256}"`).header('x-content-sha256', sha256).send(bytes);
  }

  private imageOf(path: string): Image {
    const known = this.images.get(path);
    if (known !== undefined) return known;
    const { name, type } = NAME.exec(path)?.groups ?? {};
    if (name === undefined || type === undefined) throw new NotFoundException('images are named <path>.png or <path>.jpg');
    const imageType: ImageType = type === 'png' ? 'png' : 'jpeg';
    const bytes = packImage(name, imageType);
    const image = { bytes, sha256: sha256Hex(bytes), mediaType: `image/${imageType}` };
    this.images.set(path, image);
    for (const oldest of this.images.keys()) {
      if (this.images.size <= KEPT) break;
      this.images.delete(oldest);
    }
    return image;
  }
}
