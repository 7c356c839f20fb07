export const edgeVersion = '0.1.0';
