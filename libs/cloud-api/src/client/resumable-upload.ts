import { AppError, invalid } from '@daybreak/kernel';
import { at, CloudApiUnansweredError, type GraphCalls } from './graph-calls.js';

/** A file that shows reviewers what a template's header will look like. */
export interface HeaderSample {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly filename: string;
}

/** https://developers.facebook.com/docs/graph-api/guides/upload */
const SAMPLE_TYPES = new Set(['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4']);
const MAX_RESUMES = 5;
const UPLOAD_TIMEOUT_MS = 120_000;

/**
 * Uploads a header sample; a connection that breaks is taken up again where Meta says it got to.
 * The handle goes into `example.header_handle`; it is no media id.
 */
export async function uploadHeaderSample(graph: GraphCalls, appId: string, sample: HeaderSample): Promise<string> {
  if (!SAMPLE_TYPES.has(sample.mediaType)) throw invalid({ field: 'mediaType', reason: `${sample.mediaType} cannot be a header sample` });
  if (sample.bytes.length === 0) throw invalid({ field: 'bytes', reason: 'empty' });
  const session = await graph.call<{ id: string }>({
    method: 'POST',
    path: at(appId, 'uploads'),
    query: { file_name: sample.filename, file_length: sample.bytes.length, file_type: sample.mediaType },
  });
  let offset = 0;
  for (let resumes = 0; resumes <= MAX_RESUMES; resumes += 1) {
    const handle = await sendFrom(graph, session.id, sample.bytes, offset);
    if (handle !== undefined) return handle;
    offset = (await graph.call<{ file_offset: number }>({ method: 'GET', path: `/${session.id}`, as: 'oauth' })).file_offset;
  }
  throw new AppError('The upload broke off too often.', { kind: 'backoff' });
}

/** The handle, or undefined when the connection broke on the way. */
async function sendFrom(graph: GraphCalls, sessionId: string, bytes: Uint8Array, offset: number): Promise<string | undefined> {
  try {
    // The session's id is used as it came: it has a query of its own.
    const { h } = await graph.call<{ h: string }>({
      method: 'POST',
      path: `/${sessionId}`,
      bytes: { body: bytes.subarray(offset), headers: ['file_offset', String(offset), 'content-type', 'application/octet-stream'] },
      as: 'oauth',
      timeoutMs: UPLOAD_TIMEOUT_MS,
    });
    return h;
  } catch (error) {
    if (error instanceof CloudApiUnansweredError) return undefined;
    throw error;
  }
}
