import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { CloudApiClient } from '@daybreak/cloud-api';
import type { Logger } from '@daybreak/observability';
import type { PreparedTemplate } from './prepared-template.js';
import { toWireDraft } from './template-draft.mapper.js';

/** What was refused is not offered again at once: it takes a person to change the wording. Real time. */
const OFFERED_AGAIN_MS = 6 * 3_600_000;

const MEDIA_TYPE: Readonly<Record<string, string>> = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg' };

/** Submits for review what is prepared and not on a WABA yet. */
export class SubmitMissing {
  private readonly offeredAtMs = new Map<string, number>();

  constructor(
    private readonly cloudApi: Pick<CloudApiClient, 'createTemplate' | 'uploadHeaderSample'>,
    private readonly prepared: readonly PreparedTemplate[],
    private readonly logger: Logger,
  ) {}

  /** Returns how many were submitted. @param known names and languages on the WABA, as `<name>/<language>` */
  async on(wabaId: string, known: ReadonlySet<string>): Promise<number> {
    let submitted = 0;
    for (const template of this.prepared) {
      const key = `${template.draft.name}/${template.draft.language}`;
      if (known.has(key) || this.wasOffered(`${wabaId}/${key}`)) continue;
      this.offeredAtMs.set(`${wabaId}/${key}`, performance.now());
      if (await this.submit(wabaId, key, template)) submitted += 1;
    }
    return submitted;
  }

  private wasOffered(key: string): boolean {
    const atMs = this.offeredAtMs.get(key);
    return atMs !== undefined && performance.now() - atMs < OFFERED_AGAIN_MS;
  }

  private async submit(wabaId: string, key: string, template: PreparedTemplate): Promise<boolean> {
    try {
      const { status, category } = await this.cloudApi.createTemplate(wabaId, toWireDraft(template, await this.headerHandle(template)));
      this.logger.info({ waba_id: wabaId, template: key, status, category }, 'a template was submitted for review');
      return true;
    } catch (error) {
      this.logger.error({ err: error, waba_id: wabaId, template: key }, 'a template could not be submitted');
      return false;
    }
  }

  /** A handle is good for one submission; Meta does not promise more. */
  private async headerHandle({ headerImage }: PreparedTemplate): Promise<string | undefined> {
    if (headerImage === undefined) return undefined;
    const mediaType = MEDIA_TYPE[extname(headerImage).toLowerCase()] ?? 'application/octet-stream';
    return this.cloudApi.uploadHeaderSample({ bytes: await readFile(headerImage), mediaType, filename: basename(headerImage) });
  }
}
