import { describe, expect, it } from 'vitest';
import { readSettings, SETTINGS, SettingError } from '../../src/settings.ts';

describe('The settings', () => {
  it('are these where nothing is set, or set to nothing', () => {
    const standard = {
      data: './data',
      nats: undefined,
      natsFiles: {},
      natsPort: 4222,
      http: { host: '127.0.0.1', port: 8080 },
      participants: {},
      paymentWindowMs: 30 * 60_000,
      receiptWindowMs: 15 * 86_400_000,
      returnWindowMs: null,
      prepareTimeoutMs: 10_000,
      retentionMs: 86_400_000,
      activeActors: 50_000,
      log: 'info',
    };
    expect(readSettings({}, {})).toEqual(standard);
    const empty = Object.fromEntries(Object.values(SETTINGS).map(({ variable }) => [variable, '']));
    expect(readSettings({}, empty)).toEqual(standard);
  });

  it('come from the environment, and from flags before that', () => {
    const env = { ORDO_DATA: '/a', ORDO_NATS_PORT: '1', ORDO_RETURN_WINDOW: '30d', NATS_URL: 'nats://a' };
    expect(readSettings({ data: '/b' }, env)).toMatchObject({
      data: '/b',
      natsPort: 1,
      returnWindowMs: 30 * 86_400_000,
      nats: 'nats://a',
    });
  });

  it('start a NATS server where a flag gives its port, though the environment names another for clients', () => {
    const env = { NATS_URL: 'nats://a' };
    expect(readSettings({ natsPort: '4333' }, env)).toMatchObject({ natsPort: 4333, nats: undefined });
    expect(readSettings({ natsPort: '4333', nats: 'nats://b' }, env)).toMatchObject({ nats: 'nats://b' });
  });

  it('name outside participants by their roles', () => {
    const participants = 'payment=service:psp, stock=service:wms_2';
    expect(readSettings({ participants }, {}).participants).toEqual({
      payment: 'service:psp',
      stock: 'service:wms_2',
    });
  });

  it.each([
    ['off', null],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['localhost:8081', { host: 'localhost', port: 8081 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
  ])('read where HTTP is served: %s', (text, address) => {
    expect(readSettings({ http: text }, {}).http).toEqual(address);
  });

  it.each([
    [
      'paymentWindowMs',
      'soon',
      /^--payment-window \(or ORDO_PAYMENT_WINDOW\): "soon" is no duration; write it as 500ms/,
    ],
    ['prepareTimeoutMs', '-1s', /^--prepare-timeout \(or ORDO_PREPARE_TIMEOUT\): "-1s" is no duration/],
    ['retentionMs', '0', /^--retention \(or ORDO_RETENTION\): "0" is no duration/],
    ['retentionMs', '10s', /"10s" must be longer than --prepare-timeout, 10s/],
    ['receiptWindowMs', '9999999999d', /^--receipt-window \(or ORDO_RECEIPT_WINDOW\)/],
    ['returnWindowMs', '1 fortnight', /^--return-window \(or ORDO_RETURN_WINDOW\)/],
    [
      'natsPort',
      '99999',
      /^--nats-port \(or ORDO_NATS_PORT\): "99999" is no port; it must be a number from 0 to 65535/,
    ],
    ['natsPort', '1e3', /is no port/],
    ['activeActors', '99', /^--active-actors \(or ORDO_ACTIVE_ACTORS\): "99" must be a whole number from 100/],
    ['activeActors', 'many', /must be a whole number/],
    ['http', '8080', /^--http \(or ORDO_HTTP\): "8080" is no address; write it as 127.0.0.1:8080, .* or off/],
    ['http', '127.0.0.1:65536', /is no address/],
    ['http', '::1:8080', /is no address/],
    ['http', '[localhost]:8080', /is no address/],
    ['http', 'http://127.0.0.1:8080', /is no address/],
    ['http', 'on', /is no address/],
    ['participants', 'money=service:psp', /^--participant \(or ORDO_PARTICIPANTS\): "money=service:psp" must read/],
    ['participants', 'payment=psp', /must read payment, stock or shipment, then =service: and a name/],
    ['participants', 'stock=service:a,stock=service:b', /names stock twice/],
    ['log', 'loud', /^--log \(or ORDO_LOG\): "loud" is no level; it must be one of trace, debug/],
  ] as const)('say what is wrong with %s: %s', (name, text, why) => {
    const read = () => readSettings({ [name]: text }, {});
    expect(read).toThrow(SettingError);
    expect(read).toThrow(why);
    expect(() => readSettings({}, { [SETTINGS[name].variable]: text })).toThrow(why);
  });
});
