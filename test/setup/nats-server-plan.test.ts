import { describe, expect, it } from 'vitest';
import { howToGetNatsServer, type Machine, planNatsServer } from '../../src/setup/nats-server-plan.mjs';

const machine = (what: Partial<Machine>): Machine => ({
  platform: 'linux',
  root: false,
  aptGet: true,
  sudo: false,
  ...what,
});

describe('A machine without a nats-server', () => {
  it.each<[string, Partial<Machine>, { kind: string; sudo?: boolean }]>([
    ['gets one from apt-get by root', { root: true }, { kind: 'apt', sudo: false }],
    ['gets one from apt-get by a sudo that asks for no password', { sudo: true }, { kind: 'apt', sudo: true }],
    ['needs no sudo where we are root', { root: true, sudo: true }, { kind: 'apt', sudo: false }],
    ['asks its user when sudo would ask for a password', {}, { kind: 'ask' }],
    ['asks its user where there is no apt-get', { root: true, aptGet: false }, { kind: 'ask' }],
    ['asks its user on macOS, even with an apt-get of some kind', { platform: 'darwin', root: true }, { kind: 'ask' }],
    ['asks its user on Windows', { platform: 'win32', aptGet: false }, { kind: 'ask' }],
    ['asks its user on other systems', { platform: 'freebsd', root: true, aptGet: false }, { kind: 'ask' }],
  ])('%s', (_, what, plan) => {
    expect(planNatsServer(machine(what))).toMatchObject(plan);
  });
});

describe('What its user is told', () => {
  it.each<[NodeJS.Platform, string]>([
    ['linux', 'sudo apt-get install nats-server'],
    ['darwin', 'brew install nats-server'],
    ['win32', 'winget install NATSAuthors.NATSServer'],
  ])('on %s begins with %s', (platform, command) => {
    expect(howToGetNatsServer(platform).split('\n')[1]).toContain(command);
  });

  it.each(['linux', 'freebsd'] as const)('on %s names every way there is', (platform) => {
    const message = howToGetNatsServer(platform);
    for (const way of ['Debian, Ubuntu', 'macOS', 'Windows', 'docker run', 'NATS_URL=']) expect(message).toContain(way);
  });
});
