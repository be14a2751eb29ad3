import { NUMBER, PERSON, TestSimulator, TOKEN, WABA, type Answer } from './simulator.js';

/* How the simulator is brought to each answer of the reference corpus, by the sample's name. */

type Provoke = (simulator: TestSimulator) => Promise<Answer>;

const NOBODY = '999999999999999';

const as =
  (token: string, method: string, path: string, body?: unknown): Provoke =>
  (simulator) =>
    simulator.call(method, `/v24.0/${path}`, body, { authorization: token === '' ? '' : `Bearer ${token}` });
const graph = (method: string, path: string, body?: unknown): Provoke => as(TOKEN, method, path, body);

/** What comes and goes at Meta: a fault that strikes one request. */
const struck =
  (fault: Record<string, unknown>, endpoint: string, method: string, path: string): Provoke =>
  async (simulator) => {
    await simulator.call('POST', '/_sim/faults', { kind: 'error', times: 1, endpoint, ...fault });
    return graph(method, path, method === 'POST' ? {} : undefined)(simulator);
  };
const reading = (code: number, httpStatus: number): Provoke => struck({ code, httpStatus }, '', 'GET', NUMBER);

const aMessage = { messaging_product: 'whatsapp', to: PERSON, type: 'text', text: { body: 'x' } };
const aTemplateMessage = { ...aMessage, type: 'template', template: { name: 'hello', language: { code: 'en' } } };
const marketing = `${NUMBER}/marketing_messages`;

export const PROVOKED: Readonly<Record<string, Provoke>> = {
  'derived-100-messaging-product-required': graph('POST', `${NUMBER}/messages`, { ...aMessage, messaging_product: undefined }),
  'ericvera-190-no-subcode': as('nonsense', 'POST', `${NUMBER}/messages`, aMessage),
  'kapso-130429-429-retry-after': struck({ code: 130_429, httpStatus: 429, retryAfterS: 120 }, 'messages', 'POST', `${NUMBER}/messages`),
  'oa-400-phone-number-id-invalid-fields': graph('GET', `${NUMBER}?fields=name_status,hat_size`),
  'oa-400-phone-number-id-invalid-phone-id': graph('GET', 'my-number'),
  'oa-400-phone-number-id-invalid-version': (simulator) => simulator.call('GET', `/v2.0/${NUMBER}`),
  'oa-400-phone-number-id-marketing-messages-malformedrequest': (simulator) =>
    simulator.call('POST', `/v24.0/${marketing}`, '{"messaging_product":', { 'content-type': 'application/json' }),
  'oa-400-phone-number-id-message-history-example': graph('GET', `${NUMBER}/message_history?message_id=17`),
  'oa-400-phone-number-id-register-example': graph('POST', `${NUMBER}/register`, { messaging_product: 'whatsapp', pin: '12' }),
  'oa-400-waba-id-example': graph('GET', 'my-account'),
  'oa-400-waba-id-subscribed-apps-example': graph('GET', 'my-account/subscribed_apps'),
  'oa-401-phone-number-id-expired-token': as('expired-token', 'GET', NUMBER),
  'oa-401-phone-number-id-invalid-token': as('expired-token', 'GET', NUMBER), // 463 says expired, whatever its words
  'oa-401-phone-number-id-marketing-messages-invalidaccesstoken': as('nonsense', 'POST', marketing, aMessage),
  'oa-401-phone-number-id-marketing-messages-missingaccesstoken': as('', 'POST', marketing, aMessage),
  'oa-401-phone-number-id-missing-token': as('', 'GET', NUMBER),
  'oa-403-phone-number-id-deregister-example': as('token-of-another-account', 'POST', `${NUMBER}/deregister`),
  'oa-403-phone-number-id-insufficient-permissions': as('token-of-another-account', 'GET', NUMBER),
  'oa-403-phone-number-id-marketing-messages-featurenotsupported': struck({ code: 10 }, 'marketing_messages', 'POST', marketing),
  'oa-403-phone-number-id-marketing-messages-insufficientpermissions': as('token-without-scopes', 'POST', marketing, aMessage),
  'oa-403-phone-number-id-message-history-example': as('token-of-another-account', 'GET', `${NUMBER}/message_history`),
  'oa-403-phone-number-id-missing-permissions': as('token-without-scopes', 'GET', NUMBER),
  'oa-403-phone-number-id-register-example': as('token-of-another-account', 'POST', `${NUMBER}/register`, {}),
  'oa-403-waba-id-phone-numbers-example': as('token-of-another-account', 'GET', `${WABA}/phone_numbers`),
  'oa-403-waba-id-subscribed-apps-example': as('token-of-another-account', 'POST', `${WABA}/subscribed_apps`),
  'oa-403-waba-id-subscribed-apps-example-2': as('token-of-another-account', 'DELETE', `${WABA}/subscribed_apps`),
  'oa-404-phone-number-id-deleted-phone': graph('GET', NOBODY),
  'oa-404-phone-number-id-message-history-example': graph('GET', `${NOBODY}/message_history`),
  'oa-404-phone-number-id-phone-not-found': graph('GET', NOBODY),
  'oa-404-phone-number-id-waba-not-found': graph('GET', NOBODY),
  'oa-404-waba-id-phone-numbers-example': graph('GET', `${NOBODY}/phone_numbers`),
  'oa-404-waba-id-subscribed-apps-example': graph('DELETE', `${NOBODY}/subscribed_apps`),
  'oa-422-phone-number-id-message-history-example': graph('GET', `${NUMBER}/message_history?message_id=wamid.x`),
  'oa-429-phone-number-id-business-rate-limit': reading(80_007, 429),
  'oa-429-phone-number-id-deregister-example': struck({ code: 4, httpStatus: 429 }, 'deregister', 'POST', `${NUMBER}/deregister`),
  'oa-429-phone-number-id-rate-limit-exceeded': reading(4, 429),
  'oa-429-phone-number-id-register-example': struck({ code: 4, httpStatus: 429 }, 'register', 'POST', `${NUMBER}/register`),
  'oa-429-phone-number-id-user-rate-limit': reading(17, 429),
  'oa-500-phone-number-id-database-error': reading(2, 500),
  'oa-500-phone-number-id-internal-error': reading(2, 500),
  'oa-500-phone-number-id-register-example': struck({ code: 2, httpStatus: 500 }, 'register', 'POST', `${NUMBER}/register`),
  'oa-500-phone-number-id-service-unavailable': reading(2, 500),
};

const UNDESCRIBED_STATE = "wraps a state of Meta's own in code 100, which its published table does not name";
const OUR_CODE = 'the published table has a code of its own for it, which we answer';
const NOT_OURS = 'is of an endpoint that Daybreak does not use';

/** Samples the simulator never answers with, each with the reason. */
export const NOT_ANSWERED_SO: Readonly<Record<string, string>> = {
  'kapso-131047-400': 'comes late, by webhook, since the platform accepts first',
  'kapso-502-text': "is a proxy's answer, not Meta's",
  'kapso-504-error-string': "is a proxy's answer, not Meta's",
  'oa-400-phone-number-id-deregister-phone-not-linked': UNDESCRIBED_STATE,
  'oa-400-phone-number-id-deregister-phone-not-registered': `${OUR_CODE}: 133010`,
  'oa-400-phone-number-id-deregister-smb-account-error': UNDESCRIBED_STATE,
  'oa-400-phone-number-id-example': NOT_OURS, // a message posted to the number itself
  'oa-400-phone-number-id-marketing-messages-invalidtemplateparameters': `${OUR_CODE}: 132001, 132000, 132012`,
  'oa-400-phone-number-id-marketing-messages-missingfeaturesetting': UNDESCRIBED_STATE,
  'oa-400-waba-id-example-2': NOT_OURS,
  'oa-400-waba-id-phone-numbers-example': NOT_OURS, // filtering
  'oa-400-waba-id-phone-numbers-example-2': NOT_OURS,
  'oa-400-waba-id-subscribed-apps-example-2': 'the callback handshake fails with 2200, as practice knows it',
  'oa-403-phone-number-id-marketing-messages-templatenotapproved': `${OUR_CODE}: 132001, 132015, 132016`,
  'oa-403-phone-number-id-not-linked-to-waba': UNDESCRIBED_STATE,
  'oa-403-waba-id-example': NOT_OURS,
  'oa-403-waba-id-phone-numbers-example-2': NOT_OURS,
  'oa-409-waba-id-phone-numbers-example': NOT_OURS,
  'oa-422-phone-number-id-deregister-example': UNDESCRIBED_STATE,
  'oa-422-phone-number-id-example': NOT_OURS,
  'oa-422-phone-number-id-phone-in-review': UNDESCRIBED_STATE,
  'oa-422-phone-number-id-phone-not-registered': UNDESCRIBED_STATE,
  'oa-422-phone-number-id-register-example': UNDESCRIBED_STATE,
  'oa-422-phone-number-id-temporarily-unavailable': UNDESCRIBED_STATE,
  'oa-422-waba-id-example': NOT_OURS,
  'oa-422-waba-id-phone-numbers-example': UNDESCRIBED_STATE,
  'oa-422-waba-id-phone-numbers-example-2': NOT_OURS,
  'oa-422-waba-id-subscribed-apps-example': UNDESCRIBED_STATE,
  'oa-422-waba-id-subscribed-apps-example-2': 'the callback handshake fails with 2200, as practice knows it',
  'oa-422-waba-id-subscribed-apps-example-3': UNDESCRIBED_STATE,
  'oa-429-waba-id-phone-numbers-example': NOT_OURS,
  'oa-phone-number-id-message-sent-post': NOT_OURS, // a message posted to the number itself
  'oa-waba-id-phone-numbers-successful-creation-post': NOT_OURS,
};

const NUMBER_FIELDS = 'display_phone_number,verified_name,quality_rating,name_status,code_verification_status';
const WABA_FIELDS =
  'name,timezone_id,message_template_namespace,account_review_status,business_verification_status,country,ownership_type,primary_business_location';

const aSubmission = (name: string): Provoke =>
  graph('POST', `${WABA}/message_templates`, {
    name: name.replace(/\W/g, '_'),
    language: 'en',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Your pack of today is ready.' }],
  });

const inbound = async (simulator: TestSimulator): Promise<unknown> =>
  (await simulator.call('POST', '/_sim/inbound', { from: PERSON, text: 'x' })).body['wamid'];

const history: Provoke = async (simulator) => {
  const [{ id }] = (await simulator.send()).body['messages'] as [{ id: string }];
  return graph('GET', `${NUMBER}/message_history?message_id=${encodeURIComponent(id)}`)(simulator);
};

/** Good answers by what their names begin or end with: the corpus has several of most. */
const GOOD: readonly (readonly [RegExp, (name: string) => Provoke])[] = [
  [/^oa-media-id-retrieve/, () => async (simulator) => graph('GET', String((await simulator.upload()).body.id))(simulator)],
  [/media-upload-audio/, () => (simulator) => simulator.upload()],
  [
    /typing-indicator-and-read-receipt/,
    () => async (simulator) =>
      graph('POST', `${NUMBER}/messages`, {
        messaging_product: 'whatsapp',
        status: 'read',
        message_id: await inbound(simulator),
        typing_indicator: { type: 'text' },
      })(simulator),
  ],
  [/message-history/, () => history],
  [/^oa-phone-number-id-(comprehensive|default|with)/, () => graph('GET', `${NUMBER}?fields=${NUMBER_FIELDS}`)],
  [/^oa-waba-id-phone-numbers-.*-get$/, () => graph('GET', `${WABA}/phone_numbers`)],
  [/^oa-waba-id-message-templates-.*-get$/, () => graph('GET', `${WABA}/message_templates`)],
  [/^oa-waba-id-message-templates-/, aSubmission],
  [/^oa-waba-id-subscribed-apps-.*-get$/, () => graph('GET', `${WABA}/subscribed_apps`)],
  [
    /^oa-waba-id-subscribed-apps-custom-callback/,
    () => (simulator) => {
      const override_callback_uri = simulator.simulation.directory.apps.get('1032457986104517')?.callbackUrl;
      return graph('POST', `${WABA}/subscribed_apps`, { override_callback_uri, verify_token: 'simulator-verify-token' })(simulator);
    },
  ],
  [/^oa-waba-id-(basic|verified)/, () => graph('GET', `${WABA}?fields=${WABA_FIELDS}`)],
  [/^oa-template-id-/, () => (simulator) => graph('GET', String(simulator.simulation.templates.find(WABA, 'hello', 'en')?.id))(simulator)],
  [/^oa-phone-number-id-marketing-messages-/, () => (simulator) => simulator.graph('POST', marketing, aTemplateMessage)],
  [/^docs-business-scoped-user-ids|^oa-phone-number-id-messages-/, () => (simulator) => simulator.send()],
];

export const goodAnswers = (name: string): Provoke | undefined => GOOD.find(([pattern]) => pattern.test(name))?.[1](name);
