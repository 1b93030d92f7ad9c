/** Environment variables, as the process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether traces are wanted, by OpenTelemetry's own variables: somewhere to send them to is set, and neither the SDK
 * nor the exporter is turned off. Nothing of OpenTelemetry is loaded to find out.
 */
export function tracesAreOn(env: Env): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || endpoint.trim() === '') return false;
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return false;
  return env.OTEL_TRACES_EXPORTER === undefined || ['', 'otlp'].includes(env.OTEL_TRACES_EXPORTER.trim());
}

/** The one way in which traces are sent. */
const PROTOCOL = 'http/json';

/** What is asked for and not to be had, in words for the log; `undefined` for nothing. */
export function protocolProblem(env: Env): string | undefined {
  const wanted = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || PROTOCOL;
  if (wanted === PROTOCOL) return undefined;
  return `Traces are sent as ${PROTOCOL}, not as ${wanted}: the endpoint must be a collector's port for HTTP, mostly 4318`;
}
