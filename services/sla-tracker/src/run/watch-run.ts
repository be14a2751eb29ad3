import { Observable } from 'rxjs';
import type { RunView } from './run-view.js';

const LOOK_MS = 200;
/** Proxies close a stream that says nothing for a minute. */
const SILENCE_MS = 15_000;

export interface WatchMessage {
  readonly type: 'run' | 'still';
  readonly data: RunView | Record<string, never>;
}

/** A run again and again as it changes, at most every `LOOK_MS` real ms. Ends when nobody listens any more, or when it cannot be read. */
export function watchRun(look: () => Promise<RunView | undefined>): Observable<WatchMessage> {
  return new Observable((listener) => {
    let timer: NodeJS.Timeout | undefined;
    let shown = '';
    let spokeMs = performance.now();
    const next = async (): Promise<void> => {
      const view = await look();
      if (listener.closed) return;
      const now = JSON.stringify({ ...view, nowMs: 0 });
      if (view && (now !== shown || isOpen(view))) {
        shown = now;
        spokeMs = performance.now();
        listener.next({ type: 'run', data: view });
      } else if (performance.now() - spokeMs > SILENCE_MS) {
        spokeMs = performance.now();
        listener.next({ type: 'still', data: {} });
      }
      timer = setTimeout(run, LOOK_MS);
    };
    const run = (): void => void next().catch((error: unknown) => listener.error(error));
    run();
    return () => clearTimeout(timer);
  });
}

/** While the window is near, its clock is news as well. */
const isOpen = ({ window, nowMs }: RunView): boolean => nowMs >= window.freezeAt && nowMs < window.liveSealAt;
