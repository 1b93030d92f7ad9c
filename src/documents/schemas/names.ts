import {
  type AnnouncementKind,
  type AnnouncementSource,
  type EndpointName,
  type ErrorCode,
  endpointOf,
  type HttpProblemCode,
  nothing,
  type ServiceRoute,
  type TutorialRoute,
} from '../../contracts/index.ts';
import { answers } from './named-answers.ts';

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `orders.confirmReceipt` → `OrdersConfirmReceipt`, `ORDER_NOT_FOUND` → `OrderNotFound`. */
function pascalCase(name: string): string {
  const words = name === name.toUpperCase() ? name.toLowerCase().split('_') : name.split('.');
  return words.map(capitalized).join('');
}

/** The identifier of a schema: a URN, since a service has no address of its own that would be the same everywhere. */
export function schemaId(name: string): string {
  return `urn:ordo:schema:${name}`;
}

/** The name of the schema of an endpoint's request; those that take nothing share one. */
export function requestName(endpoint: EndpointName): string {
  return endpointOf(endpoint).body === nothing ? 'EmptyRequest' : `${pascalCase(endpoint)}Request`;
}

/** The name of the schema of an endpoint's answer; several endpoints may have the same. */
export function answerName(endpoint: EndpointName): string {
  const { answer } = endpointOf(endpoint);
  const found = Object.entries(answers).find(([, { schema }]) => schema === answer);
  if (found === undefined) throw new Error(`The answer of ${endpoint} has no name; give it one in named-answers.ts`);
  return found[0];
}

/** The name of the schema of an error answer with this code. */
export function errorName(code: ErrorCode): string {
  return `${pascalCase(code)}Error`;
}

/** The name of the schema of an error answer over HTTP. */
export function problemName(code: ErrorCode | HttpProblemCode): string {
  return `${pascalCase(code)}Problem`;
}

/** The name of the schema of what a route of the tutorial takes. */
export function tutorialName(tutorial: TutorialRoute['tutorial']): string {
  return `Tutorial${capitalized(tutorial)}Request`;
}

/** The name of the schema of what a route about the service's health answers: `Livez`. */
export function healthName(about: ServiceRoute['about']): string {
  return capitalized(about);
}

/** The name of the schema of an announcement's data: `OrderPaid`. */
export function announcementName<Source extends AnnouncementSource>(
  source: Source,
  kind: AnnouncementKind<Source>,
): string {
  return `${capitalized(source)}${capitalized(kind)}`;
}

/** The name of the schema of a command inside a what-if: `PayEvent`. */
export function eventName(command: string): string {
  return `${capitalized(command)}Event`;
}
