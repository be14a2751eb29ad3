const VERSIONED = /^(?<family>[a-z0-9_]+?)_(?<version>v\d+)$/;

/** `daily_pack_v2` is version `v2` of the family `daily_pack`; undefined for a name without a version. */
export function familyOf(name: string): { readonly family: string; readonly version: string } | undefined {
  const parts = VERSIONED.exec(name)?.groups;
  return parts === undefined ? undefined : { family: parts['family'] ?? '', version: parts['version'] ?? '' };
}
