/**
 * The schema of a service, which is also the name of its role: `sla-tracker` → `sla_tracker`, in the namespace `ns` → `ns_sla_tracker`.
 * @param service folder name of the service
 * @param namespace NAMESPACE, empty in an ordinary installation
 */
export function schemaNameOf(service: string, namespace: string): string {
  const name = [namespace, service]
    .filter((part) => part !== '')
    .join('_')
    .replaceAll('-', '_');
  // It is put into SQL as an identifier, which cannot be a parameter. PostgreSQL silently cuts names above 63 bytes.
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name))
    throw new RangeError('service and namespace must give 1 to 63 of a-z, 0-9 and _, starting with a letter');
  return name;
}
