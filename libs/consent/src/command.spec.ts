import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCommand, type Command } from './command.js';
import { POLITE_AFTER, POLITE_BEFORE } from './command-phrases.js';

const STOP: Command = { kind: 'stop' };
const START: Command = { kind: 'start' };
const RESUME: Command = { kind: 'resume' };
const PAUSE: Command = { kind: 'pause', until: 'resumed' };
const pause = (until: Extract<Command, { kind: 'pause' }>['until']): Command => ({ kind: 'pause', until });

const COMMANDS: [string, Command][] = [
  // English
  ['STOP', STOP],
  ['stop', STOP],
  ['Stop.', STOP],
  ['*STOP*', STOP],
  ['STOP 🙏', STOP],
  ['ＳＴＯＰ', STOP],
  ['stop?', STOP],
  ['Please stop', STOP],
  ['stop please, thank you!', STOP],
  ['Stop messages', STOP],
  ['stop sending me these messages', STOP],
  ['Stop messaging me', STOP],
  ['stop all', STOP],
  ['STOPALL', STOP],
  ['Unsubscribe', STOP],
  ['unsubscribe me from this list', STOP],
  ['opt out', STOP],
  ['I want to opt out', STOP],
  ['opt-out', STOP],
  ['Don’t send me messages', STOP],
  ['do not message me again', STOP],
  ['No more messages', STOP],
  ['remove me from this list', STOP],
  ['cancel', STOP],
  ['start', START],
  ['Start again!', START],
  ['please start sending me messages', START],
  ['Subscribe', START],
  ['opt in', START],
  ['unstop', START],
  ['pause', PAUSE],
  ['Pause messages', PAUSE],
  ['pause for 7 days', pause({ days: 7 })],
  ['Pause 2 weeks please', pause({ days: 14 })],
  ['pause for a month', pause({ days: 30 })],
  ['stop for three days', pause({ days: 3 })],
  ['pause until 15 December', pause({ month: 12, day: 15 })],
  ['pause till 15th dec 2026', pause({ date: '2026-12-15' })],
  ['PAUSE UNTIL 2026-12-15', pause({ date: '2026-12-15' })],
  ['pause till 15/12', pause({ month: 12, day: 15 })],
  ['pause until dec 15', pause({ month: 12, day: 15 })],
  ['resume', RESUME],
  ['unpause', RESUME],
  ['continue messages', RESUME],
  // Hindi
  ['स्टॉप', STOP],
  ['बंद करो', STOP],
  ['बन्द करें', STOP],
  ['कृपया मैसेज बंद करें', STOP],
  ['संदेश बंद कीजिए', STOP],
  ['रोक दो', STOP],
  ['मुझे मैसेज मत भेजो', STOP],
  ['मैसेज नहीं चाहिए', STOP],
  ['अनसब्सक्राइब', STOP],
  ['शुरू करो', START],
  ['शुरु करें', START],
  ['फिर से मैसेज चालू करो', START],
  ['७ दिन के लिए बंद करो', pause({ days: 7 })],
  ['एक हफ्ते के लिए रोकें', pause({ days: 7 })],
  ['15 दिसम्बर तक मैसेज मत भेजो', pause({ month: 12, day: 15 })],
  ['पॉज़ करो', PAUSE],
  ['जारी रखें', RESUME],
  // Marathi
  ['थांबवा', STOP],
  ['थाम्बवा', STOP],
  ['मेसेज बंद करा', STOP],
  ['संदेश पाठवू नका', STOP],
  ['मला मेसेज नको', STOP],
  ['सुरू करा', START],
  ['पुन्हा सुरू करा', START],
  ['७ दिवसांसाठी थांबवा', pause({ days: 7 })],
  ['१५ डिसेंबरपर्यंत बंद करा', pause({ month: 12, day: 15 })],
  ['दोन आठवडे मेसेज पाठवू नका', pause({ days: 14 })],
  ['चालू ठेवा', RESUME],
  // Both in Latin letters
  ['band karo', STOP],
  ['message bandh kar do', STOP],
  ['mujhe msg mat bhejo', STOP],
  ['pls band karo ji', STOP],
  ['message nahi chahiye', STOP],
  ['stop karo', STOP],
  ['shuru karo', START],
  ['phir se chalu karo', START],
  ['7 din ke liye band karo', pause({ days: 7 })],
  ['15 december tak band karo', pause({ month: 12, day: 15 })],
  ['jaari rakho', RESUME],
  ['thambva', STOP],
  ['message band kara', STOP],
  ['sandesh pathvu naka', STOP],
  ['suru kara', START],
  ['7 divas thambva', pause({ days: 7 })],
  ['15 december paryant band kara', pause({ month: 12, day: 15 })],
  ['chalu theva', RESUME],
];

const NOT_COMMANDS: string[] = [
  // English
  '',
  '🛑',
  '?',
  'please',
  'thank you',
  'yes',
  'no',
  "please don't stop",
  'please do not stop',
  "don't ever stop",
  'never stop',
  'non stop',
  'nonstop',
  'stop loss',
  'what is a stop loss?',
  'trailing stop',
  'can you stop by tomorrow?',
  'stop by my office',
  'should I stop?',
  'I will stop at 5',
  'do not stop messages',
  'stop stop loss',
  "don't unsubscribe me",
  'how do I unsubscribe?',
  'I did not unsubscribe',
  'start?',
  'when does it start?',
  'how to start a SIP',
  'start SIP',
  'startup',
  'do not start',
  "let's start",
  'start from page 2',
  'cancel my SIP',
  'cancel the order',
  'pause?',
  'pause and think',
  'pause until Diwali',
  'pause until 31/02',
  'pause for 0 days',
  'pause for 900 days',
  'pause for some days',
  'pause 7',
  'pause until 15/13',
  'do not pause',
  'resume builder',
  'my resume',
  'to be continued',
  'continue reading',
  'no messages',
  'message me again',
  'send me messages',
  // Hindi
  'बंद मत करो',
  'कृपया बंद मत करें',
  'मत रोको',
  'बंद क्यों किया?',
  'बाजार बंद है',
  'कब शुरू होगा?',
  'मैसेज भेजो',
  'नहीं चाहिए',
  'शुरू मत करो',
  '7 दिन',
  'दिवाली तक बंद करो',
  // Marathi
  'बंद करू नका',
  'थांबू नका',
  'बाजार बंद आहे',
  'कधी सुरू होणार?',
  'जरा थांबा',
  'मेसेज पाठवा',
  'नको',
  // Both in Latin letters
  'band mat karo',
  'mat roko',
  'market band hai',
  'kab shuru hoga',
  'message bhejo',
  'karo',
  'band karu naka',
  'thambu naka',
  'jara thamba',
  'nako',
];

describe(parseCommand.name, () => {
  it.each(COMMANDS)('understands "%s"', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it.each(NOT_COMMANDS)('does not take "%s" for a command', (text) => {
    expect(parseCommand(text)).toBeUndefined();
  });

  it.each([...POLITE_BEFORE.map((word) => `${word} बंद करें`), ...POLITE_AFTER.map((word) => `stop ${word}`)])(
    'understands "%s": courtesy changes no command',
    (text) => {
      expect(parseCommand(text)).toEqual(STOP);
    },
  );

  it('has a table of at least 60 phrases and 60 near misses', () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(60);
    expect(NOT_COMMANDS.length).toBeGreaterThanOrEqual(60);
  });

  it.each([
    ['Latin', /^[^\u0900-\u097f]*$/],
    ['Devanagari', /[\u0900-\u097f]/],
  ])('has every kind of command in %s letters', (_, letters) => {
    const kinds = COMMANDS.filter(([text]) => letters.test(text)).map(([, command]) => command.kind);

    expect(new Set(kinds)).toEqual(new Set(['stop', 'start', 'pause', 'resume']));
  });

  it('takes no command that more words follow for one', () => {
    const more = fc.constantFrom('loss', 'SIP', 'क्यों', 'का', 'kyun', 'tomorrow maybe', 'होगा');
    fc.assert(
      fc.property(fc.constantFrom(...COMMANDS), more, ([text], words) => {
        expect(parseCommand(`${text} ${words}`)).toBeUndefined();
      }),
    );
  });

  it('does not mind case, space and punctuation around a command', () => {
    const edge = fc.stringMatching(/^[\s.!,*_"]*$/);
    fc.assert(
      fc.property(fc.constantFrom(...COMMANDS), edge, edge, fc.boolean(), ([text, command], before, after, upper) => {
        expect(parseCommand(before + (upper ? text.toUpperCase() : text) + after)).toEqual(command);
      }),
    );
  });

  it.each(["please don't ", 'why did you ', 'यह मत ', 'did I '])('never takes a command after "%s" for one', (lead) => {
    for (const [text] of COMMANDS) expect(parseCommand(lead + text)).toBeUndefined();
  });

  it('answers for any text, however long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (text) => {
        expect(['stop', 'start', 'pause', 'resume', undefined]).toContain(parseCommand(text)?.kind);
      }),
    );
    expect(parseCommand('stop '.repeat(100_000))).toBeUndefined();
  });
});
