// A simulated shop's memory as plain JSON, to keep on disk, and back. Maps are kept as maps.

export const saveMemory = (memory: unknown): unknown =>
  JSON.parse(
    JSON.stringify(memory, (_key, value: unknown) => (value instanceof Map ? { map: [...value] } : value)),
  );

/** Reads what saveMemory wrote; nothing else makes such a value. */
export const restoreMemory = <Memory>(saved: unknown): Memory =>
  JSON.parse(JSON.stringify(saved), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'map' in value && Array.isArray(value.map)
      ? new Map(value.map as [unknown, unknown][])
      : value,
  ) as Memory;
