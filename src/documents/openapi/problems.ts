import {
  decodeToken,
  type ErrorCode,
  endpointNames,
  endpointRoutes,
  errorCodes,
  errorKinds,
  type HttpProblemCode,
  httpProblemKinds,
  isErrorCode,
  type JsonObject,
  problemMediaType,
  problemOf,
} from '../../contracts/index.ts';
import { errorCodesOf } from '../error-codes.ts';
import { examples } from '../examples.ts';
import { conditionCodes } from '../schemas/named-problems.ts';
import { problemName } from '../schemas/names.ts';
import { schemaAt } from '../schemas/references.ts';
import { headersAt } from './parameters.ts';

/** An error that an operation may be answered with. */
export interface Problem {
  readonly code: ErrorCode | HttpProblemCode;
  readonly status: number;
}

/** The error of a code, with the status that it has by itself. */
export function problem(code: ErrorCode | HttpProblemCode): Problem {
  return { code, status: isErrorCode(code) ? errorKinds[code].number : httpProblemKinds[code].status };
}

/** The responses for errors, by status, and `default` for all that is not worth a word at every route. */
export function problemResponses(problems: readonly Problem[]): Readonly<Record<string, JsonObject>> {
  const statuses = [...new Set(problems.map(({ status }) => status))].toSorted((a, b) => a - b);
  const of = (wanted: number) => problems.filter(({ status }) => status === wanted);
  return {
    ...Object.fromEntries(statuses.map((status) => [String(status), response(of(status))])),
    default: { $ref: '#/components/responses/Problem' },
  };
}

function response(problems: readonly Problem[]): JsonObject {
  const schemas = problems.map(({ code }) => ({ $ref: schemaAt(problemName(code)) }));
  const mapping = Object.fromEntries(problems.map(({ code }) => [code, schemaAt(problemName(code))]));
  const [only] = schemas;
  const schema = schemas.length === 1 ? only : { oneOf: schemas, discriminator: { propertyName: 'code', mapping } };
  const shown = problems.filter((one) => exampleName(one) in problemExamples);
  return {
    description: problems.map(({ code }) => `**${code}** ${meaningOf(code)}`).join('\n\n'),
    ...(problems.some(hasRetryAfter) && { headers: headersAt(['Retry-After']) }),
    content: {
      [problemMediaType]: {
        schema,
        ...(shown.length > 0 && {
          examples: Object.fromEntries(
            shown.map((one) => [one.code, { $ref: `#/components/examples/${exampleName(one)}` }]),
          ),
        }),
      },
    },
  };
}

function meaningOf(code: ErrorCode | HttpProblemCode): string {
  return isErrorCode(code) ? errorKinds[code].meaning : httpProblemKinds[code].meaning;
}

function hasRetryAfter({ code, status }: Problem): boolean {
  return code === 'BUSY' || code === 'LOCKED' || status === 503;
}

function exampleName({ code, status }: Problem): string {
  return status === problem(code).status ? code : `${code}_${status}`;
}

/** Errors as they are answered over HTTP, under `components.examples`. */
export const problemExamples: Readonly<Record<string, JsonObject>> = {
  ...Object.fromEntries(
    errorCodesOf(...endpointRoutes.map(({ endpoint }) => endpoint)).flatMap((code) => {
      const example = examples.errors[code];
      if (example === undefined) return [];
      const { number } = errorKinds[code];
      const statuses = conditionCodes.some((one) => one === code) ? [number, 412] : [number];
      return statuses.map((status) => [
        exampleName({ code, status }),
        { value: problemOf(example.body, pathOf(example.subject), status) },
      ]);
    }),
  ),
  ...Object.fromEntries(
    Object.keys(httpProblemKinds)
      .filter((code) => code in examples.http)
      .map((code) => [code, { value: examples.http[code]?.answer }]),
  ),
};

/** The path over HTTP of what is asked on a subject. */
function pathOf(subject: string): string {
  const endpoint = endpointNames.find((name) => subject === name || subject.startsWith(`${name}.`));
  const route = endpointRoutes.findLast((one) => one.endpoint === endpoint);
  if (endpoint === undefined || route === undefined) return '/';
  const key = decodeToken(subject.slice(endpoint.length + 1));
  return route.path.replace(/\{\w+\}/, encodeURIComponent(key ?? ''));
}

/** The errors of a route: those of its endpoints, and those that HTTP adds. */
export function problemsOf(
  codes: readonly ErrorCode[],
  { isWrite }: { readonly isWrite: boolean },
): readonly Problem[] {
  const http: readonly HttpProblemCode[] = [
    'NOT_ACCEPTABLE',
    ...(isWrite ? (['FOREIGN_ORIGIN', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
  ];
  // A server that stops refuses whatever comes.
  const own = new Set<ErrorCode>([...codes, 'SHUTTING_DOWN']);
  return [...errorCodes.filter((code) => own.has(code)), ...http].map(problem);
}
