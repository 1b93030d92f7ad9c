import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { NodeLog } from '../../log.ts';
import { Seldom } from '../seldom.ts';
import { type Env, protocolProblem } from './configured.ts';
import { GivenIds } from './given-ids.ts';
import { Spans } from './spans.ts';
import { Traces } from './traces.ts';

const NAME = 'ordo';
/** How often the same trouble with the collector is told at most, in ms. */
const WARN_PAUSE_MS = 60_000;
/** How long a collector may take for the last spans when the service ends, in ms. */
const END_MS = 5_000;

/**
 * Traces that are sent to a collector by OTLP. Where to, as whom, which and how fast is read from OpenTelemetry's own
 * variables by its SDK.
 */
export function exportTraces(version: string, env: Env, log: NodeLog): Traces {
  tellTrouble(log);
  const problem = protocolProblem(env);
  if (problem !== undefined) log.warn({}, problem);
  const own = resourceFromAttributes({ [ATTR_SERVICE_NAME]: NAME, [ATTR_SERVICE_VERSION]: version });
  const ids = new GivenIds();
  const provider = new NodeTracerProvider({
    // What the environment says wins.
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  return new Traces(new Spans(provider.getTracer(NAME, version), ids), () =>
    withinTime(provider.shutdown().catch((err: unknown) => log.warn({ err }, 'The last traces could not be sent'))),
  );
}

/** OpenTelemetry reports to one place for the whole process, and says nothing unless somebody listens. */
function tellTrouble(log: NodeLog): void {
  const seldom = new Seldom(WARN_PAUSE_MS, () => performance.now());
  const warn = (why: string) =>
    seldom.say((kept) => log.warn({ why: reasonIn(why), kept }, 'Traces cannot be sent as they should'));
  const logger = { error: warn, warn, info() {}, debug() {}, verbose() {} };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** Of an error it tells all that is in it, as JSON: the message will do. */
function reasonIn(why: string): string {
  const [, message] = /^\{.*"message":("(?:[^"\\]|\\.)*")/.exec(why) ?? [];
  return message === undefined ? why : String(JSON.parse(message));
}

async function withinTime(ended: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, END_MS);
  });
  await Promise.race([ended, late]);
  clearTimeout(timer);
}
