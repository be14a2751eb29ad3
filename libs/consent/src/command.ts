/** How long a PAUSE lasts: to a local date (first day that sends again), for days, or until a RESUME. */
export type PauseUntil = { readonly date: string } | { readonly days: number } | 'resumed';

export type Command = { readonly kind: 'stop' | 'start' | 'resume' } | { readonly kind: 'pause'; readonly until: PauseUntil };

export function parseCommand(text: string): Command | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'stop') return { kind: 'stop' };
  if (word === 'start') return { kind: 'start' };
  if (word === 'resume') return { kind: 'resume' };
  return word === 'pause' ? { kind: 'pause', until: 'resumed' } : undefined;
}
