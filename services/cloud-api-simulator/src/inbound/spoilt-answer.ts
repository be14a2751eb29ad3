import type { Clock } from '@daybreak/kernel';
import type { FastifyReply } from 'fastify';
import type { FaultSettings } from '../settings/incident-settings.js';

const HANG_MS = 120_000; // real time; longer than any client waits
const HTML = '<!DOCTYPE html><html lang="en"><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>';

/** Does to an answer what the fault says. Returns when it is time to send the real one, or when there is none left to send. */
export async function spoil(fault: FaultSettings, clock: Clock, reply: FastifyReply): Promise<void> {
  switch (fault.kind) {
    case 'drop':
      reply.hijack();
      reply.raw.destroy();
      return;
    case 'hang':
      reply.hijack();
      setTimeout(() => reply.raw.destroy(), HANG_MS).unref();
      return;
    case 'html-500':
      await reply.code(500).type('text/html; charset=utf-8').send(HTML);
      return;
    case 'slow':
      await clock.sleepUntil(clock.nowMs() + fault.delayMs);
      return;
    case 'error':
      return;
  }
}
