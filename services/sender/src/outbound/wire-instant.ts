import { timestampFromMs, type Timestamp } from '@bufbuild/protobuf/wkt';

/** A fast clock has fractions of a millisecond, the wire has not. Rounded down, so that no instant crosses the start or the end of the window. */
export const wireInstant = (ms: number): Timestamp => timestampFromMs(Math.floor(ms));
