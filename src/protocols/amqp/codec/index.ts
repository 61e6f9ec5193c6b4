/** The AMQP 0-9-1 wire codec: frames, methods and contents, without any state of a session. */
export { AcknowledgementView, readAcknowledgement } from './acknowledgement.js';
export { confirmFrameBytes, writeAck, writeNack } from './confirm-writer.js';
export { ContentAssembler, type ContentLimits, type ContentStep } from './content-assembler.js';
export {
  bodyFramesBytes,
  contentBytes,
  contentHeaderBytes,
  ContentSource,
  deliverBytes,
  deliverMethodBytes,
  getOkBytes,
  getOkMethodBytes,
  returnBytes,
  writeBody,
  writeContentHeader,
  writeDeliver,
  writeDeliverMethod,
  writeGetOk,
  writeGetOkMethod,
  writeReturn,
} from './content-writer.js';
export { copyBytes } from './copy-bytes.js';
export {
  frameEnd,
  frameHeadBytes,
  frameMaxBeforeSignIn,
  frameMaxMin,
  frameOverheadBytes,
  frameTypes,
  heartbeatFrame,
  protocolHeader,
} from './frame-format.js';
export type { BufferPool } from './frame-hold.js';
export { FrameParser, type FrameHandler } from './frame-parser.js';
export { decodeMethod, methodNumberAt } from './method-decode.js';
export { encodeMethod, methodFrameBytes, shortText, writeMethod } from './method-encode.js';
export {
  methodNameOf,
  methodNames,
  methodNumber,
  methodNumbers,
  specificationOf,
  type Method,
  type MethodName,
  type MethodOf,
} from './methods.js';
export { PublishView, readPublish } from './publish.js';
export {
  replyCodeLabel,
  replyCodes,
  scopeOf,
  type ReplyCode,
  type ReplyCodeName,
  type ReplyScope,
} from './reply-codes.js';
export { classIds, type FieldType, type MethodSender, type MethodSpecification } from './specification.js';
export {
  frameError,
  ProtocolHeaderMismatch,
  ProtocolViolation,
  syntaxError,
  unexpectedFrame,
  violationOf,
  type ForeignProtocol,
} from './violation.js';
