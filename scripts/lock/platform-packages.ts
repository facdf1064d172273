/** What package-lock.json says of one package, as far as it matters here. */
export interface LockedPackage {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}
export type LockedPackages = Record<string, LockedPackage>;

const platform =
  /(?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(?<abi>[a-z]+))?$/;
const libcs: Readonly<Record<string, string>> = {
  gnu: 'glibc',
  gnueabihf: 'glibc',
  musl: 'musl',
  musleabihf: 'musl',
};

/**
 * The builds for other platforms that packages name as optional and the lock lacks. npm leaves out of the lock what the
 * registry at hand does not have, and `npm ci` refuses a lock that lacks one, on any platform. Each entry says the version
 * and the platform, so that only such a machine fetches it; its checksum is not known here and is not checked there.
 */
export function missingPlatformPackages(packages: LockedPackages): LockedPackages {
  const missing: LockedPackages = {};
  for (const [folder, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isLocked(packages, folder, name)) continue;
      missing[`node_modules/${name}`] = {
        version: exact(name, version),
        ...(dev !== undefined && { dev }),
        optional: true,
        ...platformOf(name),
      };
    }
  }
  return missing;
}

/** As Node resolves it: in the package's own folder, then in each above. */
function isLocked(packages: LockedPackages, folder: string, name: string): boolean {
  for (let at = folder; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true;
    if (at === '') return false;
  }
}

function exact(name: string, version: string): string {
  if (/^\d+\.\d+\.\d+/.test(version)) return version;
  throw new Error(`${name} is missing from the lock, and ${version} does not say which version to write down`);
}

function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const { os, cpu, abi } = platform.exec(name)?.groups ?? {};
  if (os === undefined || cpu === undefined) throw new Error(`${name} is missing from the lock and names no platform`);
  const libc = os === 'linux' && abi !== undefined ? libcs[abi] : undefined;
  return { os: [os], cpu: [cpu], ...(libc !== undefined && { libc: [libc] }) };
}
