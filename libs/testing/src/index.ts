export { eventually, type EventuallyOptions } from './eventually.js';
export { aPhoneNumber, aWamid, testPrivacy } from './people.js';
export { MORNING, aDeliveryPlanned, aDeliveryAttempted, aDeliverySettled, aDeliveryStatusObserved } from './delivery.factory.js';
export { aRecipientUpserted, aConsentChanged, anInboundReceived } from './people.factory.js';
export { aContentPackReady, aRunChanged, aShardState, aWabaState, aTemplateState } from './plan.factory.js';
