export { eventually, type EventuallyOptions } from './eventually.js';
export { aPhoneNumber, aWamid, testPrivacy } from './people.js';
export { MORNING, aDeliveryPlanned, aDeliveryAttempted, aDeliverySettled, aDeliveryStatusObserved } from './delivery.factory.js';
export { aRecipientUpserted, aConsentChanged } from './people.factory.js';
export { aContentPackReady, aRunChanged, aShardState, aWabaState, aTemplateState } from './plan.factory.js';
export type { TestStack, TestStackOptions, Watched } from './real-stores.js';
export { testStack } from './test-stack.js';
export { startInTest, type InTest } from './start-in-test.js';
export { describedRoutes, routesOf } from './api-description.js';
