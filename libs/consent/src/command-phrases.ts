/** What is stopped or started, where people name it. */
const THINGS = 'message|messages|msg|msgs|update|updates|content|this|it|everything|all|whatsapp';
const SANDESH = 'मैसेज|मेसेज|मॅसेज|संदेश|अपडेट|व्हाट्सएप';
const SANDESH_ROMAN = 'message|messages|msg|msgs|sandesh|update|updates';

/** Courtesy around a command that does not change it. */
export const POLITE_BEFORE = [
  'please',
  'pls',
  'plz',
  'kindly',
  'ok',
  'sir',
  'hi',
  'hello',
  'कृपया',
  'कृपया करके',
  'kripya',
  'krupaya',
  'namaste',
  'नमस्ते',
  'नमस्कार',
];
/** The same, behind the command. */
export const POLITE_AFTER = [
  'please',
  'pls',
  'plz',
  'now',
  'thanks',
  'thank you',
  'thankyou',
  'sir',
  'madam',
  'ji',
  'जी',
  'कृपया',
  'kripya',
  'krupaya',
  'धन्यवाद',
  'dhanyavad',
  'dhanyawad',
];

/**
 * The whole vocabulary: a text is a command only if all of it is one of these (see `compilePhrase` for the notation).
 * English, Hindi, Marathi, then both as people type them in Latin letters.
 */
export const STOP_PHRASES = [
  `stop [sending|messaging] [me] [the|these|those|your|all|all the|all your|daily] [${THINGS}]`,
  '(stopall|unsubscribe|cancel|quit|optout|opt-out)',
  '[i want to] (opt out|unsubscribe) [me] [from] [this|these|all] [messages|updates]',
  '(unsubscribe|remove|delete) me [from] [this|the|your] [list]',
  `(do not|don't|dont) (send|message) [me] [any|any more|anymore|these] [${THINGS}] [again|anymore]`,
  'no more (messages|message|msgs|msg|updates)',
  `[ये|यह|अपने] [${SANDESH}] बंद [करो|करें|करे|करिए|कीजिए|कर दो|कर दें|कर दीजिए]`,
  `[ये|यह|अपने] [${SANDESH}] (रोको|रोकें|रोकिए|रोक दो|रोक दें|रोक दीजिए)`,
  `[मुझे] [${SANDESH}] (मत भेजो|मत भेजें|मत भेजिए|न भेजें)`,
  `[मुझे] (${SANDESH}) नहीं चाहिए`,
  '(स्टॉप|स्टाप|अनसब्सक्राइब|अनसबस्क्राइब) [करो|करें|करा]',
  `[हे|तुमचे] [${SANDESH}] बंद (करा|कर)`,
  `[हे|तुमचे] [${SANDESH}] (थांबवा|थांबव|थांबा)`,
  `[मला] [${SANDESH}] (पाठवू नका|पाठवु नका)`,
  `[मला] (${SANDESH}) (नको|नकोत)`,
  `[ye|yeh|apne] [${SANDESH_ROMAN}] (band|bandh|bnd) [karo|kro|karen|kare|kariye|kijiye|kar do|krdo|kardo]`,
  `[ye|yeh|apne] [${SANDESH_ROMAN}] (roko|roken|rokiye|rok do)`,
  `[mujhe] [${SANDESH_ROMAN}] (mat bhejo|mat bhejna|mat bhejiye|na bheje|na bhejen)`,
  `[mujhe] (${SANDESH_ROMAN}) (nahi chahiye|nahin chahiye)`,
  '(stop|unsubscribe) (karo|kro|kar do|kardo|kara)',
  `[he|tumche] [${SANDESH_ROMAN}] (band|bandh) (kara|kar)`,
  `[he|tumche] [${SANDESH_ROMAN}] (thamba|thambva|thambava|thambwa)`,
  `[mala] [${SANDESH_ROMAN}] (pathvu naka|pathavu naka|pathwu naka)`,
  `[mala] (${SANDESH_ROMAN}) nako`,
];

/** From now on I want it (again). */
export const START_PHRASES = [
  `(start|restart|unstop) [sending] [me] [the|these|your|daily] [${THINGS}] [again]`,
  '(subscribe|resubscribe|optin|opt-in|opt in) [me] [again]',
  '[i want to] (subscribe|opt in)',
  `[फिर से|दोबारा] [${SANDESH}] [फिर से|दोबारा] (शुरू|शुरु|चालू|चालु) [करो|करें|करे|करिए|कीजिए|कर दो|कर दें]`,
  '(स्टार्ट|सब्सक्राइब) [करो|करें|करा]',
  `[पुन्हा|परत] [${SANDESH}] [पुन्हा|परत] (सुरू|सुरु|चालू|चालु) [करा|कर]`,
  `[phir se|fir se|dobara] [${SANDESH_ROMAN}] [phir se|fir se|dobara] (shuru|suru|chalu|chaalu) [karo|kro|karen|kare|kariye|kijiye|kar do|kardo]`,
  `[punha|parat] [${SANDESH_ROMAN}] [punha|parat] (suru|chalu|chaalu) [kara|kar]`,
];

/** Go on after a pause. */
export const RESUME_PHRASES = [
  `(resume|unpause|continue) [sending] [me] [the|these|your|daily] [${THINGS}]`,
  `[${SANDESH}] (जारी रखो|जारी रखें|जारी रखिए|चालू रखो|चालू रखें)`,
  '(रिज्यूम|रिझ्यूम) [करो|करें|करा]',
  `[${SANDESH}] (सुरू ठेवा|सुरु ठेवा|चालू ठेवा|चालु ठेवा)`,
  `[${SANDESH_ROMAN}] (jari rakho|jaari rakho|jari rakhen|jaari rakhen|chalu rakho|chalu rakhen|resume karo|resume kara)`,
  `[${SANDESH_ROMAN}] (suru theva|chalu theva|chaalu theva)`,
];

/** A pause without an end: only the recipient ends it. */
export const PAUSE_PHRASES = [
  `(pause|snooze) [sending] [me] [the|these|your|daily] [${THINGS}]`,
  '(पॉज|पाज|विराम) [करो|करें|करा|दें|द्या]',
  '(pause|viram) (karo|kro|karen|kar do|kara)',
];

/** A pause with an end; `#` stands for how long or until when. */
export const BOUNDED_PAUSE_PHRASES = [
  `(pause|snooze|stop) [sending] [me] [the|these|your|daily] [${THINGS}] [for|until|till|upto|up to] #`,
  `# [के लिए|तक] [${SANDESH}] (रोको|रोकें|रोकिए|रोक दो|बंद करो|बंद करें|बंद कर दो|बंद कीजिए|पॉज करो|पॉज करें|मत भेजो|मत भेजें)`,
  `[${SANDESH}] # [के लिए|तक] (रोको|रोकें|रोकिए|रोक दो|बंद करो|बंद करें|बंद कर दो|बंद कीजिए|पॉज करो|पॉज करें|मत भेजो|मत भेजें)`,
  `# [साठी|पर्यंत] [${SANDESH}] (थांबवा|थांबा|बंद करा|बंद ठेवा|पॉज करा|पाठवू नका)`,
  `[${SANDESH}] # [साठी|पर्यंत] (थांबवा|थांबा|बंद करा|बंद ठेवा|पॉज करा|पाठवू नका)`,
  `# [ke liye|tak] [${SANDESH_ROMAN}] (roko|rok do|band karo|bandh karo|band kar do|pause karo|mat bhejo)`,
  `# [sathi|paryant] [${SANDESH_ROMAN}] (thamba|thambva|thambava|band kara|bandh kara|pause kara|pathvu naka|pathavu naka)`,
];
