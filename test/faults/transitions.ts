import type { FaultContext } from './context.js';

/** A claim, or a doubt, as PostgreSQL committed it. */
export interface Transition {
  readonly delivery_id: string;
  readonly attempt: number;
  /** Of the lease under which it was claimed. */
  readonly epoch: number;
  readonly state: 'CLAIMED' | 'AMBIGUOUS';
  /** Epoch ms of the machine's clock, a moment before the commit. */
  readonly at_ms: number;
}

/**
 * From now on PostgreSQL writes down every delivery that is claimed and every one of which nobody knows whether it was sent, by a trigger of the
 * administrator's. The sender's own rows say only what became of it in the end.
 */
export async function witnessTransitions(context: FaultContext): Promise<void> {
  await context.session('sender', async (admin) => {
    await admin.query(`
      create table fault_transition (
        delivery_id uuid not null, attempt smallint not null, epoch bigint not null, state text not null, at timestamptz not null default clock_timestamp()
      );
      create function fault_note_transition() returns trigger language plpgsql security definer set search_path from current as $$
      begin
        insert into fault_transition (delivery_id, attempt, epoch, state) values (new.delivery_id, new.attempt, new.epoch, new.state::text);
        return null;
      end $$;
      create trigger fault_note_transition after update of state on delivery for each row
        when (new.state in ('CLAIMED', 'AMBIGUOUS') and old.state is distinct from new.state) execute function fault_note_transition();
    `);
  });
}

export async function transitionsOf(context: FaultContext): Promise<Transition[]> {
  const rows = await context.sql<{ delivery_id: string; attempt: number; epoch: string; state: Transition['state']; at_ms: string }>(
    'sender',
    'select delivery_id, attempt, epoch, state, extract(epoch from at) * 1000 as at_ms from fault_transition order by at',
  );
  return rows.map((row) => ({ ...row, epoch: Number(row.epoch), at_ms: Number(row.at_ms) }));
}
