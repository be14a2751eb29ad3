import { GraphError, noSuchObject, unsupported } from '../platform/graph-error.js';
import type { Simulation } from '../platform/simulation.js';
import { debugToken, getApp, listSubscriptions, subscribe, unsubscribe } from './app-node.js';
import type { GraphAnswer, GraphCall } from './graph-call.js';
import { messageHistory } from './history-edge.js';
import { deleteMedia, getMedia, postMedia } from './media-edge.js';
import { postMessage } from './message-edge.js';
import { changeNumber, changeProfile, deregisterNumber, getNumber, getProfile, registerNumber } from './number-node.js';
import { createTemplate, deleteTemplates, editTemplate, getTemplate, listTemplates, unpauseTemplate } from './template-edge.js';
import { continueUpload, describeUpload, startUpload } from './upload-edge.js';
import { getPortfolio, getWaba, listNumbers, listSubscribedApps, subscribeApp, unsubscribeApp } from './waba-node.js';

type On<Node> = (simulation: Simulation, node: Node, call: GraphCall) => GraphAnswer | Promise<GraphAnswer>;
type Table<Node> = Readonly<Record<string, On<Node>>>;

type NumberNode = Parameters<typeof getNumber>[1];
type WabaNode = Parameters<typeof getWaba>[1];
type AppNode = Parameters<typeof listSubscriptions>[0];
type PortfolioNode = Parameters<typeof getPortfolio>[1];
type TemplateNode = Parameters<typeof getTemplate>[1];
type MediaNode = Parameters<typeof getMedia>[1];

/* Everything that is answered, by method and edge; an empty edge is the node itself. */

const NUMBER: Table<NumberNode> = {
  'POST messages': (simulation, number, call) => postMessage(simulation, number, call, 'messages'),
  'POST marketing_messages': (simulation, number, call) => postMessage(simulation, number, call, 'marketing_messages'),
  'POST media': postMedia,
  'GET ': getNumber,
  'POST ': changeNumber,
  'POST register': registerNumber,
  'POST deregister': deregisterNumber,
  'GET whatsapp_business_profile': getProfile,
  'POST whatsapp_business_profile': changeProfile,
  'GET message_history': messageHistory,
};

const WABA: Table<WabaNode> = {
  'GET ': getWaba,
  'GET phone_numbers': listNumbers,
  'GET message_templates': listTemplates,
  'POST message_templates': createTemplate,
  'DELETE message_templates': deleteTemplates,
  'GET subscribed_apps': listSubscribedApps,
  'POST subscribed_apps': subscribeApp,
  'DELETE subscribed_apps': unsubscribeApp,
};

const APP: Table<AppNode> = {
  'GET ': getApp,
  'POST uploads': (simulation, _, call) => startUpload(simulation, call),
  'GET subscriptions': (_, app) => listSubscriptions(app),
  'POST subscriptions': (_, app, call) => subscribe(app, call),
  'DELETE subscriptions': (_, app, call) => unsubscribe(app, call),
};

const PORTFOLIO: Table<PortfolioNode> = { 'GET ': getPortfolio };

const TEMPLATE: Table<TemplateNode> = { 'GET ': getTemplate, 'POST ': editTemplate, 'POST unpause': unpauseTemplate };

const MEDIA: Table<MediaNode> = { 'GET ': getMedia, 'DELETE ': deleteMedia };

/** Nodes that are words and not ids. */
const WORDS: Readonly<Record<string, (simulation: Simulation, call: GraphCall) => GraphAnswer>> = {
  'GET debug_token': debugToken,
};

/** Finds the node that an id names, and what it does for this method and edge. */
export function dispatch(simulation: Simulation, call: GraphCall, edge: string): GraphAnswer | Promise<GraphAnswer> {
  const { nodeId } = call;
  const { directory, templates, media } = simulation;
  const key = `${call.method} ${edge}`;
  const number = directory.numbers.get(nodeId);
  if (number !== undefined) return run(NUMBER, key, simulation, number, call);
  const waba = directory.wabas.get(nodeId);
  if (waba !== undefined) return run(WABA, key, simulation, waba, call);
  const app = directory.apps.get(nodeId === 'app' ? call.token.appId : nodeId);
  if (app !== undefined) return run(APP, key, simulation, app, call);
  const portfolio = directory.portfolios.get(nodeId);
  if (portfolio !== undefined) return run(PORTFOLIO, key, simulation, portfolio, call);
  const template = templates.withId(nodeId);
  if (template !== undefined) return run(TEMPLATE, key, simulation, template, call);
  const medium = media.find(nodeId);
  if (medium !== undefined) return run(MEDIA, key, simulation, medium, call);
  if (nodeId.startsWith('upload:')) return call.method === 'GET' ? describeUpload(simulation, call) : continueUpload(simulation, call);
  const word = WORDS[`${call.method} ${nodeId}`];
  if (word !== undefined && edge === '') return word(simulation, call);
  throw noSuchObject(call.method, nodeId.slice(0, 64));
}

function run<Node>(
  table: Table<Node>,
  key: string,
  simulation: Simulation,
  node: Node,
  call: GraphCall,
): GraphAnswer | Promise<GraphAnswer> {
  const handler = table[key];
  if (handler !== undefined) return handler(simulation, node, call);
  const edge = key.slice(key.indexOf(' ') + 1);
  if (edge === '') throw unsupported(call.method, call.nodeId);
  throw new GraphError(2_500, { message: `Unknown path components: /${edge.slice(0, 64)}` });
}

/** Everything the Graph API of the simulator answers, as method and path: what the OpenAPI description must say, no more and no less. */
export function answeredOperations(): string[] {
  const under = (node: string, table: Readonly<Record<string, unknown>>): string[] =>
    Object.keys(table).map((key) => {
      const [method = '', edge = ''] = key.split(' ');
      return `${method} /{version}/{${node}}${edge === '' ? '' : `/${edge}`}`;
    });
  return [
    ...under('phone_number_id', NUMBER),
    ...under('waba_id', WABA),
    ...under('business_id', PORTFOLIO),
    ...under('app_id', APP),
    ...under('template_id', TEMPLATE),
    ...under('media_id', MEDIA),
    ...['GET', 'POST'].map((method) => `${method} /{version}/upload:{session}`),
    ...Object.keys(WORDS).map((key) => key.replace(' ', ' /{version}/')),
    'GET /{version}/oauth/access_token',
  ];
}
