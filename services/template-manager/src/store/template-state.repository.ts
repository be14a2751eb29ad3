import type { Sql } from '@daybreak/database';
import type { VersionState } from '../templates/fold-families.js';

export interface PublishedState {
  readonly state: VersionState;
  readonly version: number;
}

/** Serialises replicas, so that one change is published once. Any number, the same in all of them. */
const PUBLISHING_LOCK = 7_401;

/** The states that were published last. */
export class TemplateStateRepository {
  async lockAll(tx: Sql): Promise<PublishedState[]> {
    await tx.query('select pg_advisory_xact_lock($1, hashtext(current_schema()))', [PUBLISHING_LOCK]);
    return tx.query<{ state: VersionState; version: number }>(
      'select state, version from template_state order by family, language, template_version',
    );
  }

  async save(tx: Sql, state: VersionState, version: number, at: Date): Promise<void> {
    await tx.execute(
      `insert into template_state (family, language, template_version, state, version, changed_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (family, language, template_version) do update set state = excluded.state, version = excluded.version, changed_at = excluded.changed_at`,
      [state.family, state.language, state.version, JSON.stringify(state), version, at],
    );
  }

  async forget(tx: Sql, { family, language, version }: VersionState): Promise<void> {
    await tx.execute('delete from template_state where family = $1 and language = $2 and template_version = $3', [
      family,
      language,
      version,
    ]);
  }
}
