export function isNewEnough(version: string, needed: string): boolean;
export function requireNode(): void;
