/** A topic, group or key prefix inside a namespace: `ns.daybreak.delivery.planned.v1`, `ns.sender`. Without a namespace, the name itself. */
export const resourceName = (namespace: string, logical: string): string => (namespace === '' ? logical : `${namespace}.${logical}`);

/** The logical name again. A name of another namespace comes back as it is. */
export const logicalName = (namespace: string, name: string): string =>
  namespace !== '' && name.startsWith(`${namespace}.`) ? name.slice(namespace.length + 1) : name;
