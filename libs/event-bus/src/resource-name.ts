/** A topic, group or key prefix inside a namespace: `ns.daybreak.delivery.planned.v1`, `ns.sender`. Without a namespace, the name itself. */
export const resourceName = (namespace: string, logical: string): string => (namespace === '' ? logical : `${namespace}.${logical}`);
