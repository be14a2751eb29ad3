import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics, type DeliveryPlanned } from '@daybreak/contracts';
import { sha256Hex } from '@daybreak/kernel';
import { eventually, MORNING } from '@daybreak/testing';
import { IMAGE_SHA256, personalImage } from './fake-meta.js';
import { clockSpec, PHONE_1, PHONE_2, senderWorld, twoNumbers, type SenderWorld } from './sender-world.js';

const PERSONAL = 40;
const UPLOADS_PER_SECOND = 20;
const HOUR_MS = 3_600_000;

describe('media before the window', () => {
  let world: SenderWorld;
  let shared: DeliveryPlanned[];
  const uploadsOf = (phoneNumberId: string): number => world.meta.uploads.filter((id) => id === phoneNumberId).length;

  beforeAll(async () => {
    world = await senderWorld();
    // The first number's id ends within the hour; the second number has one that is good for long, and one of long ago that Meta has deleted.
    await world.database.execute(
      `insert into media_id (phone_number_id, sha256, media_id, uploaded_at, expires_at)
       select p, $2, 'media-of-' || p, now(), to_timestamp($3 + case when p = $4 then 0 else 900000 end) from unnest($1::text[]) p`,
      [[PHONE_1, PHONE_2], IMAGE_SHA256, (MORNING.opensMs + HOUR_MS) / 1_000, PHONE_1],
    );
    const deleted = personalImage(PERSONAL);
    const asset = [sha256Hex(deleted), `${world.meta.url}/assets/personal-${PERSONAL}.jpg`, deleted.length];
    await world.database.execute(
      `with a as (insert into asset (sha256, url, media_type, size_bytes, shared) values ($1, $2, 'image/jpeg', $3, true))
       insert into media_id (phone_number_id, sha256, media_id, uploaded_at, expires_at)
       select p, $1, 'media-deleted', 'epoch', to_timestamp($4) from unnest($5::text[]) p`,
      [...asset, (MORNING.opensMs + 900 * HOUR_MS) / 1_000, [PHONE_1, PHONE_2]],
    );
    await world.stack.publish(topics.shardState, ...twoNumbers());
    await world.pod(clockSpec(20_000, 5), { SHARD_ORDINAL: '0' });
    shared = await world.plan(3, 1_000);
    for (let n = 0; n < PERSONAL; n++) {
      const image = personalImage(n);
      const headerMedia = { sha256: sha256Hex(image), url: `${world.meta.url}/assets/personal-${n}.jpg`, mediaType: 'image/jpeg' };
      await world.plan(1, 1_000, { headerMedia: { ...headerMedia, sizeBytes: BigInt(image.length) } });
    }
    await eventually(() => expect(world.meta.uploads).toHaveLength(PERSONAL + 3), { timeoutMs: 20_000 });
  }, 90_000);

  afterAll(() => world.stop());

  it('renews an id that will not live through the morning, before the window, and leaves a good one alone', () => {
    expect(world.meta.posts).toBe(0);
    expect(uploadsOf(PHONE_1)).toBe(PERSONAL + 2);
    expect(uploadsOf(PHONE_2)).toBe(1); // personal packs go to the number that needs them, and nowhere else
  });

  it('uploads again, before the window, what Meta has deleted', async () => {
    const newId = { media_id: expect.stringMatching(/^media-\d+$/) };
    await eventually(async () =>
      expect(await world.database.query('select media_id from media_id where sha256 = $1', [sha256Hex(personalImage(PERSONAL))])).toEqual([
        newId,
        newId,
      ]),
    );
    expect(world.meta.posts).toBe(0);
  });

  it('uploads at a bounded rate', () => {
    const instants = world.meta.uploadedAtMs;
    const most = Math.max(...instants.map((from) => instants.filter((at) => at >= from && at - from < 1_000).length));

    expect(most).toBeLessThanOrEqual(UPLOADS_PER_SECOND + 4); // a batch of four may fall on each end
  });

  it('sends by the new id', async () => {
    await eventually(() => expect(world.meta.accepted).toHaveLength(PERSONAL + shared.length), { timeoutMs: 40_000 });

    const images = world.meta.accepted.map(({ body }) => body.template?.components?.[0]?.parameters[0]?.['image'] as { id?: string });
    expect(images.every(({ id }) => id !== undefined && /^media-\d+$/.test(id))).toBe(true);
  }, 50_000);
});
