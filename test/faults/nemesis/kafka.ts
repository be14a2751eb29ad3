import type { FaultContext } from '../context.js';

/* What can happen to the broker. Between 05:59 and 06:05 it costs visibility, not deliveries. */

/** With -9; back after so many real seconds. */
export async function killKafka(context: FaultContext, awaySeconds: number): Promise<void> {
  const before = await context.platform.posts();
  await context.stack.kafka.kill();
  await context.realSeconds(awaySeconds);
  const during = (await context.platform.posts()) - before;
  await context.stack.kafka.restart();
  context.bit(`Kafka was killed for ${awaySeconds} s, in which ${during} messages were sent all the same`, during > 0);
}
