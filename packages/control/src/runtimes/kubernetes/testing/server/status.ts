/** An answer of the API that is no object: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class Refusal extends Error {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  get status(): object {
    const { code, reason, message } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, 'NotFound', `${what} not found`);
export const conflict = (message: string): Refusal => new Refusal(409, 'Conflict', message);
export const invalid = (message: string): Refusal => new Refusal(422, 'Invalid', message);
export const expired = (message: string): Refusal => new Refusal(410, 'Expired', message);
