import type { Sql } from '@daybreak/database';
import type { Sealer } from '@daybreak/privacy';

/** The table `renewed_token` of a service: what Meta gave in exchange for a configured token, sealed. */
export class RenewedTokenRepository {
  constructor(
    private readonly sql: Sql,
    private readonly sealer: Sealer,
  ) {}

  /** By source. One whose key left the keyring is as good as none: its source is exchanged again. */
  async find(sources: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.sql.query<{ source: string; sealed: Uint8Array }>(
      'select source, sealed from renewed_token where source = any($1::text[])',
      [sources],
    );
    return new Map(rows.flatMap(({ source, sealed }) => this.opened(source, sealed)));
  }

  async save(source: string, token: string, expiresAtMs: number | null): Promise<void> {
    const sealed = this.sealer.sealBytes(Buffer.from(token, 'utf8'), contextOf(source));
    await this.sql.execute(
      `insert into renewed_token (source, sealed, expires_at) values ($1, $2, $3)
       on conflict (source) do update set sealed = excluded.sealed, expires_at = excluded.expires_at, renewed_at = clock_timestamp()`,
      [source, Buffer.from(sealed), expiresAtMs === null ? null : new Date(expiresAtMs)],
    );
  }

  async forget(source: string): Promise<void> {
    await this.sql.execute('delete from renewed_token where source = $1', [source]);
  }

  private opened(source: string, sealed: Uint8Array): [string, string][] {
    try {
      return [[source, Buffer.from(this.sealer.openBytes(sealed, contextOf(source))).toString('utf8')]];
    } catch {
      return [];
    }
  }
}

const contextOf = (source: string): string => `access-token:${source}`;
