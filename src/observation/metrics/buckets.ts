/** From a command that waits for nothing but the disk to one that waits for a participant's patience: 0.2 ms to 10 s. */
export const SECONDS: readonly number[] = [
  0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
];

/** From one step to as many as a batch may hold. */
export const STEPS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
