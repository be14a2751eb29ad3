import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';

/** How many messages came to a number in a second (epoch s of the run's clock). */
export interface InboundCount {
  readonly phoneNumberId: string;
  readonly second: number;
  readonly messages: number;
}

/** Messages from people, counted. What is counted twice lowers a rate by a little, for seconds. */
@Injectable()
export class InboundRepository {
  constructor(private readonly database: Database) {}

  async add(counts: readonly InboundCount[], forgetBefore: number): Promise<void> {
    await this.database.execute(
      `with old as (delete from inbound where second < $4)
       insert into inbound (phone_number_id, second, messages)
       select * from unnest($1::text[], $2::bigint[], $3::integer[]) as c (id, second, messages) order by 1, 2
       on conflict (phone_number_id, second) do update set messages = inbound.messages + excluded.messages`,
      [
        counts.map((count) => count.phoneNumberId),
        counts.map((count) => count.second),
        counts.map((count) => count.messages),
        forgetBefore,
      ],
    );
  }
}
