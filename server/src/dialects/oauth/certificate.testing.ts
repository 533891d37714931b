/**
 * Certificates of two services, whose keys nobody has.
 */

import { createHash } from 'node:crypto';

/** Of `CN=service.example,O=Lantern\, Ltd,C=NO`. */
const SERVICE = `
MIIB1DCCAXmgAwIBAgIUdE6NxTh+DgVSENBHuK5nHSSy7swwCgYIKoZIzj0EAwIwPjELMAkGA1UEBhMCTk8xFTATBgNVBAoM
DExhbnRlcm4sIEx0ZDEYMBYGA1UEAwwPc2VydmljZS5leGFtcGxlMCAXDTI2MTEyMDE0NTc1N1oYDzIxMjYxMDI3MTQ1NzU3
WjA+MQswCQYDVQQGEwJOTzEVMBMGA1UECgwMTGFudGVybiwgTHRkMRgwFgYDVQQDDA9zZXJ2aWNlLmV4YW1wbGUwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQu9ntEolnMwrYFix0Lv5Tny+xCKggbEGml9T236w6BIExyUjdcvPd8a7OeqqVwk5BMcRDz
NLAYy8YTe4gyHWWzo1MwUTAdBgNVHQ4EFgQU2P4VxlE8SeCTj2rMz1ATXBgy0igwHwYDVR0jBBgwFoAU2P4VxlE8SeCTj2rM
z1ATXBgy0igwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA/UHFCxoAujI27Z69rDMl8QH+4u3HE1u3PfkQ
I5TdFcQCIQDHoFFm/bbvKmKB4uluQxx24GEeYRleD8xjSI6ArIgs8w==`;

/** Of `CN=other.example`. */
const OTHER = `
MIIBhjCCAS2gAwIBAgIUWQwxlwk0vqWofZw5OmI5LngsVJswCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBs
ZTAgFw0yNjExMjAxNDU3NTdaGA8yMTI2MTAyNzE0NTc1N1owGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABIsYLuy1nAMe58Ttqw+KgdczfVRqm/d7aWiynCYlGn+d/ZIwGh4K3qVgt/XCPj4n6WBqcf/TiSBQ
R8b3dBdavbCjUzBRMB0GA1UdDgQWBBT2oU59ZQ+Or6QcIkT/LZ0f5qf2PTAfBgNVHSMEGDAWgBT2oU59ZQ+Or6QcIkT/LZ0f
5qf2PTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCICE1VYFqZkGFerJS4Qz3vj/pf4Y4WmbNviY04UNpvzKm
AiBsLS8dd2eYBidDtkZfTUNHSd/b1mMbU3l4BZcUV0U4vg==`;

export const SUBJECT = 'CN=service.example,O=Lantern\\, Ltd,C=NO';

export const service = Buffer.from(SERVICE, 'base64');
export const other = Buffer.from(OTHER, 'base64');

export function thumbprintOf(certificate: Buffer): string {
  return createHash('sha256').update(certificate).digest('base64url');
}
