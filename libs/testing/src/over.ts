import type { DescMessage, Message, MessageInitShape } from '@bufbuild/protobuf';

/** The fields of an event that a test is about; the factory fills in the rest. */
export type Over<S extends DescMessage> = Exclude<MessageInitShape<S>, Message>;
