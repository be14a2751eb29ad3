import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const MOST_REFUSALS = 20;

/** Meta pauses the English template in mid-window: what is left of it goes out by the plan's standby. */
export const scenario: Scenario = {
  id: 'F22-TEMPLATE',
  title: 'a template is paused',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.at(context.random.int(25, 45));
    const [row] = await context.sql<{ template: string; n: string }>(
      'sender',
      `select split_part(template, '/', 1) as template, count(*) as n from delivery
       where state = 'QUEUED' and template like '%/en' group by 1 order by 2 desc limit 1`,
    );
    const template = row?.template ?? '';
    const waiting = Number(row?.n ?? 0);
    await context.platform.act({ do: 'set-template-quality', template, language: 'en', qualityScore: 'RED' });
    const { templates } = await context.platform.state();
    const status = templates.find(({ name, language }) => name === template && language === 'en')?.status;
    context.bit(`the English template was ${status} with ${waiting} deliveries waiting for it`, status === 'PAUSED' && waiting > 0);

    await context.at(130);
    const refused = await context.platform.posts({ template, language: 'en', accepted: false });
    const byStandby =
      (await context.platform.posts({ language: 'en', accepted: true })) -
      (await context.platform.posts({ template, language: 'en', accepted: true }));
    context.note(`${byStandby} went out by the standby; the paused template was tried ${refused} times`);
    context.demand('the standby takes over', byStandby > 0);
    context.demand(`a paused template is left alone (${refused} refusals)`, refused <= MOST_REFUSALS);
  },
};
