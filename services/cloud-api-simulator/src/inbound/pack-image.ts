import { seededRandom } from '@daybreak/kernel';
import { encode } from 'jpeg-js';
import { crc32, deflateSync } from 'node:zlib';

const SIZE = 480; // pixels, square
const GRID = 12;
const JPEG_QUALITY = 80;

export type ImageType = 'png' | 'jpeg';

/** A picture drawn from its name alone: the same name is the same bytes, here and on every machine. */
export function packImage(name: string, type: ImageType): Buffer {
  const pixels = draw(name);
  return type === 'png' ? png(pixels) : Buffer.from(encode({ data: pixels, width: SIZE, height: SIZE }, JPEG_QUALITY).data);
}

/** A gradient with a mirrored grid of blocks: RGBA, row by row. */
function draw(name: string): Buffer {
  const random = seededRandom(`pack-image/${name}`);
  const from = [random.int(120, 255), random.int(90, 230), random.int(60, 200)] as const;
  const to = [random.int(0, 130), random.int(0, 130), random.int(40, 180)] as const;
  const blocks = Array.from({ length: GRID * (GRID / 2) }, () => random.chance(0.4));
  const pixels = Buffer.alloc(SIZE * SIZE * 4);
  const cell = SIZE / GRID;
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const column = Math.floor(x / cell);
      const mirrored = Math.min(column, GRID - 1 - column);
      const shade = blocks[Math.floor(y / cell) * (GRID / 2) + mirrored] === true ? 0.75 : 1;
      const at = (y * SIZE + x) * 4;
      for (let c = 0; c < 3; c += 1)
        pixels[at + c] = Math.round(((from[c] as number) + (((to[c] as number) - (from[c] as number)) * y) / SIZE) * shade);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** PNG, 8-bit RGBA, no filter: https://www.w3.org/TR/png-3/ */
function png(pixels: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 6, 0, 0, 0], 8); // bit depth, RGBA, deflate, adaptive filters, not interlaced
  const rows = Buffer.alloc(SIZE * (SIZE * 4 + 1));
  for (let y = 0; y < SIZE; y += 1) pixels.copy(rows, y * (SIZE * 4 + 1) + 1, y * SIZE * 4, (y + 1) * SIZE * 4);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
