import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNatsAddress, withoutSecrets } from '../../src/contracts/index.ts';

describe('The address of NATS', () => {
  it.each([
    ['nats://a:4222', { servers: ['a:4222'], isTls: false, shown: 'nats://a:4222' }],
    ['nats://a', { servers: ['a:4222'], isTls: false, shown: 'nats://a:4222' }],
    ['a', { servers: ['a:4222'], isTls: false, shown: 'nats://a:4222' }],
    ['localhost:4333/', { servers: ['localhost:4333'], isTls: false, shown: 'nats://localhost:4333' }],
    ['nats://[::1]:4222', { servers: ['[::1]:4222'], isTls: false, shown: 'nats://[::1]:4222' }],
    ['tls://a:443', { servers: ['a:443'], isTls: true, shown: 'tls://a:443' }],
    [
      'nats://ann:s%40cret@a:4222',
      { servers: ['a:4222'], isTls: false, user: 'ann', password: 's@cret', shown: 'nats://a:4222' },
    ],
    ['nats://t0ken@a', { servers: ['a:4222'], isTls: false, token: 't0ken', shown: 'nats://a:4222' }],
    [
      'tls://ann:x@a:1, tls://b:2',
      { servers: ['a:1', 'b:2'], isTls: true, user: 'ann', password: 'x', shown: 'tls://a:1,tls://b:2' },
    ],
  ])('%s says where and who', (text, address) => {
    expect(readNatsAddress(text)).toEqual({ ok: true, address });
  });

  it.each([
    ['http://a', 'http:// is not spoken here'],
    ['nats://', 'must look like nats://host:4222'],
    ['', 'must look like nats://host:4222'],
    ['nats://a:b', '%3A'],
    ['nats://@a', 'with a user before the @'],
    ['nats://:x@a', 'with a user before the @'],
    ['nats://a:4222/path', 'must look like'],
    ['nats://ann:x@a,nats://bob:y@b', 'names several users'],
    ['nats://ann:100%@a', '%25'],
    ['nats://ann:x,y@a', '%2C'],
    ['nats://ann:12,34@a', '%2C'],
  ])('%j is refused, and says why', (text, why) => {
    const reading = readNatsAddress(text);
    expect(reading).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  });

  it('takes any user and password that are escaped, and shows neither', () => {
    const secret = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `§${text}§`);
    fc.assert(
      fc.property(secret, secret, (user, password) => {
        const reading = readNatsAddress(`nats://${encodeURIComponent(user)}:${encodeURIComponent(password)}@host:1`);
        expect(reading).toEqual({
          ok: true,
          address: { servers: ['host:1'], isTls: false, user, password, shown: 'nats://host:1' },
        });
      }),
    );
  });

  it('holds no secret in what is said of one that cannot be read', () => {
    const around = fc.constantFrom('', 'nats://', 'tls://', 'http://', 'nats://a:1,nats://');
    fc.assert(
      fc.property(around, fc.string(), (before, noise) => {
        const text = `${before}${noise}SECRET${noise}@host:4222`;
        expect(withoutSecrets(text)).not.toContain('SECRET');
        const reading = readNatsAddress(text);
        if (!reading.ok) expect(reading.why).not.toContain('SECRET');
        else expect(reading.address.shown).not.toContain('SECRET');
      }),
      { numRuns: 2_000 },
    );
  });
});
