// Shows one run as it goes. Everything comes from GET /runs, /runs/:runId/events and /runs/:runId/deliveries/:id, with the visitor's token.

import { eventsIn } from './events.js';

const TOKEN = 'daybreak-token';
const RETRY_MS = 2_000;

const $ = (id) => document.getElementById(id);
const main = $('main');
const picker = $('run');
const connection = $('connection');

let watching; // ends what is watched now
let view;
let viewedAt = 0; // performance.now() of the last view: between two, the clock runs on here

const percent = (ratio) => (ratio === null ? '–' : `${(Math.floor(ratio * 1000) / 10).toFixed(1)} %`);
const whole = (count) => count.toLocaleString('en-IN');
const word = (text) => (text === '' ? '–' : text.replaceAll('-', ' ').replaceAll('_', ' '));

function timeIn(zone) {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return (ms) => format.format(new Date(ms));
}

function element(tag, text = '', className = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

/** Rows of cells; a cell is text, or an element. `num` says which are numbers. */
function fillTable(body, rows, num, nothing) {
  const made = rows.map((cells) => {
    const row = document.createElement('tr');
    cells.forEach((cell, i) => {
      const td = element('td', '', num.includes(i) ? 'num' : '');
      td.append(cell);
      row.append(td);
    });
    return row;
  });
  if (made.length === 0) {
    const td = element('td', nothing, 'quiet');
    td.colSpan = 9;
    const row = document.createElement('tr');
    row.append(td);
    made.push(row);
  }
  body.replaceChildren(...made);
}

function show() {
  const { window: instants } = view;
  main.hidden = false;
  document.title = `${percent(view.ratio[view.slaStage])} ${view.slaStage} – Daybreak`;
  showVerdict();
  for (const stage of ['accepted', 'sent', 'delivered']) showRatio(stage);
  showTile(
    $('projected'),
    percent(view.projected.ratio),
    `${whole(view.projected.onTime)} of ${whole(view.denominator)} ${view.slaStage} on time at the deadline`,
  );
  $('projected').querySelector('.big').className = `big ${standing(view.projected.ratio)}`;

  const ladder = ['planned', 'accepted', 'sent', 'delivered', 'read', 'held', 'failed', 'suppressed', 'expired', 'unresolved'];
  $('ladder').replaceChildren(
    ...ladder.map((rung) => {
      const pair = document.createElement('div');
      pair.append(element('dt', word(rung)), element('dd', whole(view[rung])));
      return pair;
    }),
  );
  $('sum').textContent =
    `Of those accepted, Meta gave up ${whole(view.failedAfterAcceptance)}. ${whole(view.attempts)} POSTs, ${whole(view.rateLimited)} over the rate, ` +
    `${whole(view.duplicates)} duplicates, ${whole(view.lost)} lost, ${whole(view.late)} late, ${whole(view.fallback)} with the fallback pack.`;

  fillTable($('shards'), view.perShard.map(shardRow), [3, 4, 5], 'No number is known yet.');
  fillTable(
    $('failures'),
    view.failures.map((f) => [f.code === 0 ? '–' : String(f.code), word(f.reason), whole(f.deliveries)]),
    [2],
    'None.',
  );
  const misses = Object.entries(view.missesByDetail).sort((a, b) => b[1] - a[1]);
  fillTable(
    $('misses'),
    misses.map(([key, count]) => [...key.split('/').map(word), whole(count)]),
    [2],
    view.verdict === 'UNDECIDED' ? 'Judged at the deadline.' : 'None.',
  );
  fillTable(
    $('exclusions'),
    view.exclusions.map((e) => [word(e.reason), whole(e.recipients)]),
    [1],
    'Nobody.',
  );

  const at = timeIn(view.timeZone);
  const marks = [
    ['opens', instants.opensAt],
    ['last first attempts', instants.firstAttemptsEndAt],
    ['closes', instants.closesAt],
    ['deadline', instants.deadlineAt],
  ];
  $('marks').replaceChildren(
    ...marks.map(([name, ms]) => {
      const mark = element('li', `${at(ms)} ${name}`, view.nowMs >= ms ? 'passed' : '');
      mark.style.setProperty('--at', String(shareOfTrack(ms)));
      return mark;
    }),
  );
  tick();
}

const standing = (ratio) => (ratio === null ? '' : ratio >= view.objective ? 'good' : ratio >= view.objective - 0.02 ? 'warn' : 'bad');

function showTile(tile, big, quiet) {
  tile.querySelector('.big').textContent = big;
  tile.querySelector('.quiet').textContent = quiet;
}

function showRatio(stage) {
  const tile = $(`ratio-${stage}`);
  const judged = stage === view.slaStage;
  const objective = judged ? `, objective ${percent(view.objective)}` : '';
  showTile(tile, percent(view.ratio[stage]), `${whole(view.onTime[stage])} of ${whole(view.denominator)}${objective}`);
  tile.classList.toggle('judged', judged);
}

function showVerdict() {
  const sealed = view.seals.final ?? view.seals.live;
  const verdict = sealed?.verdict ?? view.verdict;
  const kind = view.seals.final ? ', sealed for good' : view.seals.live ? ', sealed' : '';
  $('verdict').textContent = (verdict === 'UNDECIDED' ? view.state.toLowerCase() : word(verdict)) + kind;
  $('verdict').className = `badge ${verdict === 'PASS' ? 'good' : verdict === 'FAIL' ? 'bad' : ''}`;
  const { readiness } = view;
  $('readiness').textContent = readiness === null ? '' : [`Gate: ${word(readiness.verdict)}`, ...readiness.reasons].join('. ');
}

function shardRow(shard) {
  const rate = document.createElement('span');
  const meter = document.createElement('meter');
  meter.max = Math.max(shard.allowedRate, 1);
  meter.value = shard.actualRate;
  meter.setAttribute('aria-label', `Rate of ${shard.shardId}`);
  rate.append(meter, `${shard.actualRate.toFixed(1)} of ${shard.allowedRate.toFixed(0)}`);
  const state = [word(shard.paused ? 'paused' : shard.mode), ...shard.breakers].join('; ');
  const name = shard.displaySuffix === '' ? shard.shardId : `${shard.shardId} (${shard.displaySuffix})`;
  return [
    name,
    state,
    word(shard.qualityRating),
    whole(shard.planned),
    whole(shard.accepted),
    whole(shard.waiting),
    rate,
    shard.owner || '–',
  ];
}

/** Where an instant lies between the window's start and the deadline, 0-1. */
function shareOfTrack(ms) {
  const { opensAt, deadlineAt } = view.window;
  return Math.min(Math.max((ms - opensAt) / (deadlineAt - opensAt), 0), 1);
}

/** The run's clock, between two views too. */
function tick() {
  if (!view) return;
  const nowMs = view.nowMs + (performance.now() - viewedAt) * view.speed;
  const { opensAt, closesAt, deadlineAt, liveSealAt, freezeAt } = view.window;
  const share = shareOfTrack(nowMs);
  $('clock').textContent = timeIn(view.timeZone)(nowMs);
  $('window-fill').style.width = `${share * 100}%`;
  $('window-bar').setAttribute('aria-valuenow', String(Math.round(share * 100)));
  const phases = [
    [freezeAt, 'the plan is open'],
    [opensAt, 'the plan is frozen'],
    [closesAt, 'the window is open'],
    [deadlineAt, 'the window is closed'],
    [liveSealAt, 'the deadline has passed'],
    [Infinity, 'the morning is over'],
  ];
  $('phase').textContent = phases.find(([until]) => nowMs < until)[1] + (view.speed === 1 ? '' : `, at ${view.speed}×`);
}

/** The token of an address that ends in #token=… is taken out of it, so that nobody reads it over a shoulder or from the history. */
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return;
  sessionStorage.setItem(TOKEN, given);
  history.replaceState(null, '', location.pathname + location.search);
}

/** Asks the service; whoever is refused is asked for a token. */
async function ask(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const response = await fetch(path, { ...options, headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  const refused = response.status === 401 || response.status === 403;
  $('access').hidden = !refused;
  if (refused) connection.textContent = token === null ? 'an access token is needed' : 'this token is refused';
  return response;
}

async function watch(runId) {
  watching?.abort();
  const { signal } = (watching = new AbortController());
  for (; !signal.aborted; await new Promise((resolve) => setTimeout(resolve, RETRY_MS))) {
    try {
      const response = await ask(`runs/${encodeURIComponent(runId)}/events`, { signal });
      if (!response.ok) continue;
      for await (const { type, data } of eventsIn(response.body)) {
        if (type !== 'run') continue;
        view = JSON.parse(data);
        viewedAt = performance.now();
        connection.textContent = 'live';
        show();
      }
    } catch {
      if (!signal.aborted) connection.textContent = 'the connection is lost, trying again';
    }
  }
}

async function listRuns() {
  const response = await ask('runs');
  if (!response.ok) return;
  const runs = await response.json();
  if (runs.length === 0) return;
  const chosen = picker.disabled ? runs[0].runId : picker.value;
  picker.replaceChildren(
    ...runs.map((run) => new Option(run.verdict === null ? run.runId : `${run.runId} · ${word(run.verdict)}`, run.runId)),
  );
  picker.value = chosen;
  if (picker.disabled) {
    picker.disabled = false;
    void watch(chosen);
  }
}

async function find(event) {
  event.preventDefault();
  const id = new FormData(event.target).get('id').trim();
  const response = await ask(`runs/${encodeURIComponent(picker.value)}/deliveries/${encodeURIComponent(id)}`);
  $('timeline').replaceChildren();
  if (!response.ok) {
    $('found').textContent = response.status === 404 ? 'This run has no such delivery.' : 'The timeline could not be read.';
    return;
  }
  const way = await response.json();
  const why = way.miss ? ` Missed: ${word(way.miss.cause)}, ${word(way.miss.detail)}.` : '';
  $('found').textContent =
    `${way.recipientId ?? way.deliveryId} on ${way.shardId ?? 'no shard'}: ${way.status}${way.reason ? `, ${word(way.reason)}` : ''}.${why}`;
  const at = timeIn(view.timeZone);
  const rungs = Object.entries(way.ladder).filter(([, instant]) => instant !== null);
  const steps = [
    ...rungs.map(([rung, instant]) => [instant, word(rung)]),
    ...way.events.filter((e) => e.what !== 'status').map((e) => [e.at, `${e.what} ${e.detail.outcome ?? e.detail.reason ?? ''}`]),
    ...way.events
      .filter((e) => e.what === 'status' && e.detail.status === 'failed')
      .map((e) => [e.at, `failed ${e.detail.errorCode ?? ''}`]),
  ].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  $('timeline').replaceChildren(
    ...steps.map(([instant, what]) => {
      const item = document.createElement('li');
      const time = element('time', at(Date.parse(instant)));
      time.dateTime = instant;
      item.append(time, ` ${what}`);
      return item;
    }),
  );
}

function signIn(event) {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, new FormData(event.target).get('token').trim());
  event.target.reset();
  void listRuns();
}

takeToken();
picker.addEventListener('change', () => void watch(picker.value));
$('access').addEventListener('submit', signIn);
$('find').addEventListener('submit', find);
setInterval(tick, 200);
setInterval(() => void listRuns().catch(() => undefined), 2_000);
await listRuns().catch(() => (connection.textContent = 'the connection is lost, trying again'));
