/** Where a participant tells of trouble; pino's loggers are one. */
export interface ParticipantLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One JSON line for each warning and error, on standard error. */
export const consoleLogger: ParticipantLogger = {
  info: () => {},
  warn: (fields, message) => write('warn', fields, message),
  error: (fields, message) => write('error', fields, message),
};

function write(level: string, fields: object, message: string): void {
  const plain = Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.stack : value]);
  console.error(JSON.stringify({ level, time: new Date().toISOString(), ...Object.fromEntries(plain), msg: message }));
}
