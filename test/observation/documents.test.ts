import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../runtime/memory/store.ts';
import { Metrics, processRegistry } from '../../src/observation/metrics/metrics.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const text = readFileSync(join(DOCS, 'observability.md'), 'utf8');

interface Known {
  readonly type: string;
  readonly labels: readonly string[];
}

/** Every metric that a service has, by its name. */
function known(): ReadonlyMap<string, Known> {
  const metrics = new Metrics('1', () => {});
  const load = { commands: 0, messages: 0, actors: 0, waiting: 0, lookups: { hits: 0, misses: 0 } };
  const [store, clock] = [new MemoryStore(), new SteppedClock()];
  metrics.observe({ host: { load }, store, publisher: { lag: 0 }, clock, directory: '/nowhere' });
  const all = [metrics.registry, processRegistry()].flatMap((registry) => registry.getMetricsAsArray());
  return new Map(
    all.map((metric) => {
      const { name, type, labelNames } = metric as unknown as { name: string; type: string; labelNames: string[] };
      return [name, { type, labels: labelNames }];
    }),
  );
}

/** What a histogram is asked for by. */
function baseOf(name: string, metrics: ReadonlyMap<string, Known>): string {
  return metrics.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
}

const METRIC = /\b(?:ordo|process|nodejs)_[a-z0-9_]+/g;
const SELECTOR = /\b((?:ordo|process|nodejs)_[a-z0-9_]+)\{([^}]*)\}/g;
const GROUPS = /\b(?:by|without) \(([^)]*)\)/g;

/** What is wrong with an expression of PromQL, as far as names go. */
function wrongIn(expr: string, metrics: ReadonlyMap<string, Known>): readonly string[] {
  const wrong: string[] = [];
  const named = [...expr.matchAll(METRIC)].map(([name]) => baseOf(name, metrics));
  wrong.push(...named.filter((name) => !metrics.has(name)).map((name) => `there is no metric ${name}`));
  const free = new Set(['instance', 'le', ...named.flatMap((name) => metrics.get(name)?.labels ?? [])]);
  for (const [, name = '', selector = ''] of expr.matchAll(SELECTOR)) {
    const labels = metrics.get(baseOf(name, metrics))?.labels ?? [];
    for (const [, label = ''] of selector.matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=)/g))
      if (label !== 'instance' && !labels.includes(label)) wrong.push(`${name} has no label ${label}`);
  }
  for (const [, group = ''] of expr.matchAll(GROUPS))
    for (const label of group.split(',').map((one) => one.trim()))
      if (!free.has(label)) wrong.push(`nothing in it has the label ${label}`);
  for (const [open, close] of ['()', '{}', '[]'])
    if (expr.split(open ?? '').length !== expr.split(close ?? '').length)
      wrong.push(`${open} and ${close} do not match`);
  return wrong;
}

describe('docs/observability.md', () => {
  it('has a line for each metric, with its type and labels, and no other', () => {
    const rows = [...text.matchAll(/^\| `(ordo_[a-z_]+)(?:\{([a-z_,]+)\})?` \| ([a-z]+) \| \S.* \| \S.* \|$/gm)];
    const documented = rows.map(([, name, labels = '', type]) => [name, type, labels]);
    const metrics = [...known()].filter(([name]) => name.startsWith('ordo_'));
    expect(documented.sort()).toEqual(metrics.map(([name, { type, labels }]) => [name, type, labels.join(',')]).sort());
  });

  it('names only metrics that there are', () => {
    const metrics = known();
    const named = [...text.matchAll(METRIC)].map(([name]) => baseOf(name, metrics));
    expect(named.filter((name) => !metrics.has(name))).toEqual([]);
  });

  it('has alerts that ask for nothing else', () => {
    const exprs = [...text.matchAll(/expr: (?:>\n((?: {10}.*\n)+)|(.*)\n)/g)].map(
      ([, long, short]) => long ?? short ?? '',
    );
    expect(exprs.length).toBeGreaterThan(5);
    expect(exprs.flatMap((expr) => wrongIn(expr, known()))).toEqual([]);
  });
});

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string; readonly legendFormat: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly id: number | null;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[];
  };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

describe('docs/grafana.json', () => {
  const dashboard = JSON.parse(readFileSync(join(DOCS, 'grafana.json'), 'utf8')) as Dashboard;
  const { panels } = dashboard;
  const shown = panels.filter(({ type }) => type !== 'row');
  const metrics = known();

  it('is a dashboard of the current classic schema that can be imported as it is', () => {
    expect(dashboard).toMatchObject({ title: 'Ordo', uid: 'ordo', id: null, schemaVersion: 42 });
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['instance', 'query'],
    ]);
    expect(
      shown.every(({ datasource }) => datasource?.type === 'prometheus' && datasource.uid === `\${datasource}`),
    ).toBe(true);
  });

  it.each(shown.map((panel) => [panel.title, panel] as const))(
    '%s asks for metrics and labels that there are',
    (_title, panel) => {
      const { targets = [], description = '', fieldConfig } = panel;
      expect(targets.length).toBeGreaterThan(0);
      expect(targets.flatMap(({ expr }) => wrongIn(expr, metrics))).toEqual([]);
      expect(targets.filter(({ expr }) => !expr.includes('instance=~"$instance"'))).toEqual([]);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      expect(description).toMatch(/\.$/);
      expect(fieldConfig?.defaults.unit).toMatch(/^\w+$/);
      // A legend can only name labels that its expression has kept.
      for (const { expr, legendFormat } of targets)
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
          expect(expr).toMatch(new RegExp(`by \\(.*\\b${label}\\b.*\\)`));
    },
  );

  it('shows every metric of the service somewhere', () => {
    const everything = JSON.stringify(dashboard);
    expect([...metrics.keys()].filter((name) => name.startsWith('ordo_') && !everything.includes(name))).toEqual([]);
  });

  it('has no two panels in one place, nor under one number', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, nth) => `${x + (nth % w)},${y + Math.floor(nth / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
