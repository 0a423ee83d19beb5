/** Pages of Google's where things can be put right. */
export const TERMS = 'https://support.google.com/google-ads/answer/6299717';
export const GRANTS = 'https://myaccount.google.com/permissions';
export const CREDENTIALS = 'https://console.cloud.google.com/apis/credentials';
export const EU_POLITICAL = 'https://support.google.com/google-ads/answer/16535236';
export const POLICY = 'https://support.google.com/adspolicy/answer/6299717';
