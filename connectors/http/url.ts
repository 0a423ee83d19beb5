/**
 * Addresses that users may enter: TLS, unless the host is written as one that no other machine answers to (loopback, or
 * a name without a dot such as a container's). Without credentials, query or fragment, since addresses are not sealed.
 */
export const RECEIVER_URL =
  /^(https:\/\/[A-Za-z0-9.-]+|https:\/\/\[[0-9a-fA-F:.]+\]|http:\/\/(127(\.\d{1,3}){3}|\[::1\]|[A-Za-z0-9-]+))(:\d{1,5})?(\/[^\s?#@\\]*)?$/;

export const RECEIVER_URL_FAULT =
  'must be an https:// address without user, query and fragment (http:// only for this machine or a name without a dot)';
