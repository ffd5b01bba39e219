internal import CPlatform

/// The number of CPUs that this process may run on, or 0 where the system does not say.
package func affinityCPUCount() -> Int { Int(cpl_affinity_count()) }
