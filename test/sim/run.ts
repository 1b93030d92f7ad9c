import { addressOf } from '../../runtime/address.ts';
import { settled } from '../fixtures/stepped-clock.ts';
import { Customer, requestOf, SKUS } from './customer.ts';
import { checkHarmony } from './harmony.ts';
import { Random } from './random.ts';
import { must } from './safety.ts';
import { CALM, type Weather, World } from './world.ts';

/** How long the world is rough, in ms of its own time. */
const ROUGH_MS = 90_000;
/** By then everything must have come to rest, the longest windows and the retention time included. */
const REST_MS = 3 * 3_600_000;
const MOST_EVENTS = 200_000;

/** What one seed came to. */
export interface Run {
  readonly trace: readonly string[];
  readonly events: number;
  readonly crashes: number;
  readonly answers: number;
  readonly decisions: { readonly committed: number; readonly aborted: number };
}

function roughWeather(random: Random): Weather {
  const mostMs = random.pick([5, 300, 3_000, 20_000]);
  return {
    loss: random.pick([0, 0.05, 0.25]),
    repetition: random.pick([0, 0.1, 0.4]),
    delayMs: (inner) => (inner.chance(0.8) ? inner.between(1, 20) : inner.between(1, mostMs)),
    writeMs: (inner) => inner.between(0, 8),
    crash: random.pick([0, 0.001, 0.005, 0.02]),
    publishFailure: random.pick([0, 0.2]),
  };
}

/**
 * One whole life: the world is rough first, and nothing may ever be wrong in it; then it heals, and everything must
 * come to rest and add up.
 *
 * @throws with what is wrong.
 */
export async function simulate(seed: number): Promise<Run> {
  const dice = new Random(seed ^ 0x5eed);
  const world = new World({
    seed,
    weather: roughWeather(dice),
    activeActors: dice.pick([1, 4, 1_000]),
    mailboxLimits: dice.pick([
      { commandsPerActor: 2, commands: 3, messages: 4 },
      { commandsPerActor: 1_024, commands: 16_384, messages: 262_144 },
    ]),
  });
  const customers = newCustomers(world, dice);
  const { clock, random } = world;
  const heals = clock.now() + ROUGH_MS;
  const rests = heals + REST_MS;
  let crashes = 0;
  let isHealed = false;
  clock.schedule(ROUGH_MS, () => {
    isHealed = true;
    world.trace.add('the world heals');
    world.weather = CALM;
    world.service.heal();
    if (!world.isUp) world.start();
  });
  for (let at = random.between(1, 30_000); at < ROUGH_MS; at += random.between(5_000, 60_000)) {
    clock.schedule(at, () => world.service.restart(random.pick([0, 1_000, 8_000, 60_000])));
  }
  world.start();
  await settled();
  let events = 0;
  while (await world.step()) {
    events += 1;
    if (isHealed && clock.now() > rests) break;
    must(events < MOST_EVENTS, () => 'it does not come to rest: too many events');
    if (!isHealed && world.isUp && random.chance(world.weather.crash)) {
      crashes += 1;
      await world.crash();
      clock.schedule(random.pick([0, 1, 500, 6_000]), () => {
        if (!world.isUp) world.start(random.between(-2_000, 2_000));
      });
    }
  }
  must(clock.now() <= rests, () => `it has not come to rest: ${clock.planned.length} things are still planned`);
  must(
    customers.every(({ isDone }) => isDone),
    () => 'a customer still waits for an answer',
  );
  await checkHarmony(
    world,
    customers.flatMap(({ answered }) => answered),
  );
  const decisions = [...world.safety.decisions.values()];
  return {
    trace: world.trace.lines,
    events,
    crashes,
    answers: customers.reduce((sum, { answered }) => sum + answered.length, 0),
    decisions: {
      committed: decisions.filter((decision) => decision === 'committed').length,
      aborted: decisions.filter((decision) => decision === 'aborted').length,
    },
  };
}

function newCustomers(world: World, dice: Random): readonly Customer[] {
  for (const sku of SKUS) receive(world, sku, dice.between(0, 40));
  return Array.from({ length: dice.between(1, 4) }).flatMap((_, nth) => {
    const order = dice.pick([`SO-${nth + 1}`, `Auftrag ${nth + 1}.ä`]);
    const owner = new Customer(world, `owner-${nth + 1}`, order, dice.between(2, 8));
    world.clock.schedule(dice.between(0, 20_000), () => owner.place());
    if (dice.chance(0.6)) return [owner];
    const other = new Customer(world, `other-${nth + 1}`, order, dice.between(1, 5));
    other.meddle();
    return [owner, other];
  });
}

/** Puts goods on a shelf, asking until it is answered. */
function receive(world: World, sku: string, quantity: number): void {
  if (quantity === 0) return;
  let isOpen = true;
  const send = () => {
    if (!isOpen) return;
    world.send(addressOf('stock', sku), requestOf('goods-in', { type: 'receive', quantity }), ({ kind }) => {
      if (kind === 'answered') isOpen = false;
    });
    world.clock.schedule(2_000, send);
  };
  send();
}
