/** Where a service was told to listen. */
export interface Address {
  readonly HTTP_HOST: string;
  readonly HTTP_PORT: number;
}

/** One sentence for people when the service may not listen where it was told to: what is wrong and what to do. Undefined for any other error. */
export function portTrouble(error: unknown, { HTTP_HOST: host, HTTP_PORT: port }: Address): string | undefined {
  switch (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken by another process: stop that one, or set HTTP_PORT to a free port (0 takes any)`;
    case 'EACCES':
      return `port ${port} of ${host} may not be opened by this user: set HTTP_PORT to one above 1023 (0 takes any free one)`;
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine: set HTTP_HOST to one that is (0.0.0.0 takes all)`;
    default:
      return undefined;
  }
}
