import { demandAlert } from '../eyes.js';
import { pauseTemplate } from '../nemesis/platform.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const MOST_REFUSALS = 20;

/** Meta pauses the English template in mid-window: what is left of it goes out by the plan's standby. */
export const scenario: Scenario = {
  id: 'F22-TEMPLATE',
  title: 'a template is paused',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.at(60);
    const template = await pauseTemplate(context);
    await context.at(130);
    const refused = await context.platform.posts({ template, language: 'en', accepted: false });
    const byStandby =
      (await context.platform.posts({ language: 'en', accepted: true })) -
      (await context.platform.posts({ template, language: 'en', accepted: true }));
    context.note(`${byStandby} went out by the standby; the paused template was tried ${refused} times`);
    context.demand('the standby takes over', byStandby > 0);
    await demandAlert(context, 'DaybreakBreakerOpen', { severity: 'page', labels: { scope: 'template' } });
    context.demand(`a paused template is left alone (${refused} refusals)`, refused <= MOST_REFUSALS);
  },
};
