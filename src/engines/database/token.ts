/** Injection token of the control-plane database (`Db`). */
export const DB = Symbol('DB');
