import { FaultBook } from './faults.ts';

const call = (method: string, path: string, bytes = 0) => ({ method, path, bytes });

describe('a fault book', () => {
  it('gives a fault once unless told otherwise', () => {
    const book = new FaultBook();
    book.add({ do: 'reset' });
    expect(book.take(call('GET', '/'))?.do).toBe('reset');
    expect(book.take(call('GET', '/'))).toBeUndefined();
  });

  it('matches by method, path and count, and repeats as often as asked', () => {
    const book = new FaultBook();
    book.add({ match: { method: 'post', path: '/users', nth: 2 }, times: 2, do: 'html' });
    expect(book.take(call('GET', '/1/users'))).toBeUndefined();
    expect(book.take(call('POST', '/1/users'))).toBeUndefined();
    expect(book.take(call('POST', '/1/users'))?.do).toBe('html');
    expect(book.take(call('POST', '/1/users'))?.do).toBe('html');
    expect(book.take(call('POST', '/1/users'))).toBeUndefined();
  });

  it('begins after some bytes and goes on until cleared', () => {
    const book = new FaultBook();
    book.add({ match: { afterBytes: 100 }, times: 'always', do: 'status', status: 4 });
    expect(book.take(call('WRITE', '/f', 100))).toBeUndefined();
    expect(book.take(call('WRITE', '/f', 1))?.do).toBe('status');
    expect(book.take(call('WRITE', '/f', 1))?.do).toBe('status');
    expect(book.list()).toEqual([expect.objectContaining({ used: 2 })]);
    book.clear();
    expect(book.take(call('WRITE', '/f', 1))).toBeUndefined();
  });

  it('lets the first matching fault win', () => {
    const book = new FaultBook();
    book.add({ do: 'reset' }, { do: 'hang' });
    expect(book.take(call('GET', '/'))?.do).toBe('reset');
    expect(book.take(call('GET', '/'))?.do).toBe('hang');
  });
});
