// Command vdso-clock lets the processes of a node read its clock without a system call: it puts functions that count by the processor's
// time stamp counter into the vDSO, one page that all processes have, and holds them to the kernel's clock, once a second and when the date
// is set. Where it does not, as it has ended or the node was stopped, each reading is a system call again (see lab/README.md).
package main

import (
	"bytes"
	"encoding/binary"
	"log"
	"math/bits"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	pageSize = 4096
	// What readers go by must have been renewed within so many seconds.
	valid = 4
	// Over less the rate of a clock cannot be told from how exactly it was read.
	shortest = 100 * time.Millisecond
	// A clock that is further off was moved by more than its rate: the machine slept.
	mostOff = int64(time.Millisecond)
	// A date that is further from where it was, beside CLOCK_MONOTONIC, was set; less is how exactly both can be read.
	dateOff = int64(50 * time.Microsecond)
)

// How __vdso_clock_gettime and __vdso_gettimeofday begin: mov $number, %eax; syscall; ret. The first of the three alone is replaced, as
// whoever waits in the system call comes back to the last.
var (
	clockGettime = []byte{0xb8, 0xe4, 0, 0, 0, 0x0f, 0x05, 0xc3}
	gettimeofday = []byte{0xb8, 0x60, 0, 0, 0, 0x0f, 0x05, 0xc3}
)

// In their place, for CLOCK_REALTIME (0) and CLOCK_MONOTONIC (1); it uses only registers that a call may change. The address of the data is
// filled in.
var function = []byte{
	// int clock_gettime(clockid_t edi, struct timespec *rsi)
	0x45, 0x31, 0xd2, // xor r10d, r10d
	0xeb, 0x1d, // jmp begin
	// int gettimeofday(struct timeval *rdi, struct timezone *rsi)
	0x48, 0x85, 0xf6, // test rsi, rsi
	0x0f, 0x85, 0x93, 0x00, 0x00, 0x00, // jne timeofday
	0x48, 0x85, 0xff, // test rdi, rdi
	0x0f, 0x84, 0x8a, 0x00, 0x00, 0x00, // je timeofday
	0x48, 0x89, 0xfe, // mov rsi, rdi
	0x31, 0xff, // xor edi, edi
	0x41, 0xba, 0x01, 0x00, 0x00, 0x00, // mov r10d, 0x1
	0x83, 0xff, 0x01, // begin: cmp edi, 0x1
	0x77, 0x6b, // ja kernel
	0x49, 0xb8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // movabs r8, data
	0x4d, 0x8b, 0x08, // again: mov r9, [r8+turn]
	0x41, 0xf6, 0xc1, 0x01, // test r9b, 0x1
	0x75, 0x58, // jne kernel
	0x0f, 0xae, 0xe8, // lfence
	0x0f, 0x31, // rdtsc
	0x48, 0xc1, 0xe2, 0x20, // shl rdx, 0x20
	0x48, 0x09, 0xd0, // or rax, rdx
	0x49, 0x2b, 0x40, 0x08, // sub rax, [r8+ticks]
	0x72, 0x46, // jb kernel
	0x49, 0x3b, 0x40, 0x20, // cmp rax, [r8+oldest]
	0x77, 0x40, // ja kernel
	0x49, 0xf7, 0x60, 0x18, // mul [r8+rate]
	0x48, 0x0f, 0xac, 0xd0, 0x20, // shrd rax, rdx, 0x20
	0x49, 0x03, 0x40, 0x10, // add rax, [r8+time]
	0x85, 0xff, // test edi, edi
	0x75, 0x04, // jne same
	0x49, 0x03, 0x40, 0x28, // add rax, [r8+date]
	0x4d, 0x3b, 0x08, // same: cmp r9, [r8+turn]
	0x75, 0xc5, // jne again
	0x31, 0xd2, // xor edx, edx
	0xb9, 0x00, 0xca, 0x9a, 0x3b, // mov ecx, 1000000000
	0x48, 0xf7, 0xf1, // div rcx
	0x48, 0x89, 0x06, // mov [rsi], rax
	0x45, 0x85, 0xd2, // test r10d, r10d
	0x74, 0x0d, // je store
	0x89, 0xd0, // mov eax, edx
	0x31, 0xd2, // xor edx, edx
	0xb9, 0xe8, 0x03, 0x00, 0x00, // mov ecx, 1000
	0xf7, 0xf1, // div ecx
	0x89, 0xc2, // mov edx, eax
	0x48, 0x89, 0x56, 0x08, // store: mov [rsi+0x8], rdx
	0x31, 0xc0, // xor eax, eax
	0xc3,                         //            ret
	0xb8, 0xe4, 0x00, 0x00, 0x00, // kernel: mov eax, SYS_clock_gettime
	0x45, 0x85, 0xd2, // test r10d, r10d
	0x74, 0x0a, // je call
	0x48, 0x89, 0xf7, // mov rdi, rsi
	0x31, 0xf6, // xor esi, esi
	0xb8, 0x60, 0x00, 0x00, 0x00, // timeofday: mov eax, SYS_gettimeofday
	0x0f, 0x05, // call: syscall
	0xc3, // ret
}

const (
	gettimeofdayAt = 0x5
	addressAt      = 0x29
)

// What the functions go by, in the order of its offsets: CLOCK_MONOTONIC is time + (counter - ticks) * rate / 2^32 nanoseconds, for a counter
// that is at most oldest beyond ticks, and CLOCK_REALTIME that and date. The turn is odd while the rest changes.
type data struct {
	turn, ticks, time, rate, oldest uint64
	date                            int64
}

// counter reads the time stamp counter.
func counter() uint64

func ask(clock int32) int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(clock, &now); err != nil {
		log.Fatal(err)
	}
	return now.Nano()
}

// both gives the counter and a clock of the kernel's at one moment: of several pairs the one that was read most quickly.
func both(clock int32) (ticks uint64, nanoseconds int64) {
	least := ^uint64(0)
	for range 8 {
		begun := counter()
		now := ask(clock)
		if took := counter() - begun; took < least {
			least, ticks, nanoseconds = took, begun+took/2, now
		}
	}
	return
}

// scale gives a * b / c.
func scale(a, b, c uint64) uint64 {
	high, low := bits.Mul64(a, b)
	quotient, _ := bits.Div64(high, low, c)
	return quotient
}

// findPage gives the vDSO's page and its address, which are the same for every process of the node.
func findPage() (uint64, []byte) {
	vector, err := os.ReadFile("/proc/self/auxv")
	if err != nil {
		log.Fatal(err)
	}
	const sysinfoEHDR = 33
	for ; len(vector) >= 16; vector = vector[16:] {
		if binary.LittleEndian.Uint64(vector) == sysinfoEHDR {
			address := binary.LittleEndian.Uint64(vector[8:])
			return address, readAt("/proc/self/mem", int64(address), pageSize)
		}
	}
	log.Fatal("this kernel has no vDSO")
	return 0, nil
}

func readAt(path string, offset int64, size int) []byte {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	content := make([]byte, size)
	if _, err := file.ReadAt(content, offset); err != nil {
		log.Fatal(err)
	}
	return content
}

// placeOf tells where a page of this process lies in the node's memory.
func placeOf(address uint64) int64 {
	entry := binary.LittleEndian.Uint64(readAt("/proc/self/pagemap", int64(address/pageSize*8), 8))
	return int64(entry&(1<<55-1)) * pageSize
}

// untilSet waits for a second, or until somebody sets the date.
func untilSet(timer int) {
	in := ask(unix.CLOCK_REALTIME) + int64(time.Second)
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(in)}
	if err := unix.TimerfdSettime(timer, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &spec, nil); err != nil && err != unix.ECANCELED {
		log.Fatal(err)
	}
	if _, err := unix.Read(timer, make([]byte, 8)); err != nil && err != unix.ECANCELED && err != unix.EINTR {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("vdso-clock: ")
	processor, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		log.Fatal(err)
	}
	for _, flag := range []string{"constant_tsc", "nonstop_tsc"} {
		if !strings.Contains(string(processor), " "+flag+" ") {
			log.Fatalf("this processor has no %s: the clock is read by system calls", flag)
		}
	}
	address, page := findPage()
	// Behind the tables of its sections, which are the end of its file, there is nothing that anybody uses.
	header := binary.LittleEndian
	end := int(header.Uint64(page[0x28:])) + int(header.Uint16(page[0x3a:]))*int(header.Uint16(page[0x3c:]))
	dataAt := (end + 63) &^ 63
	functionAt := dataAt + 64
	replaced := map[int]int{
		bytes.Index(page, clockGettime): functionAt,
		bytes.Index(page, gettimeofday): functionAt + gettimeofdayAt,
	}
	if _, isMissing := replaced[-1]; isMissing || functionAt+len(function) > pageSize {
		log.Fatal("this vDSO is not known: the clock is read by system calls")
	}
	place := placeOf(address)
	if !bytes.Equal(readAt("/dev/mem", place, pageSize), page) {
		log.Fatal("the vDSO is not where it should be in memory: the clock is read by system calls")
	}
	// It is to be awake before anybody reads the date that was set.
	if err := unix.Setpriority(unix.PRIO_PROCESS, 0, -20); err != nil {
		log.Fatal(err)
	}
	timer, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_CLOEXEC)
	if err != nil {
		log.Fatal(err)
	}
	memory, err := os.OpenFile("/dev/mem", os.O_WRONLY, 0)
	if err != nil {
		log.Fatal(err)
	}
	write := func(bytes []byte, offset int) {
		if _, err := memory.WriteAt(bytes, place+int64(offset)); err != nil {
			log.Fatal(err)
		}
	}
	var now data
	publish := func() {
		write(header.AppendUint64(nil, now.turn+1), dataAt)
		now.turn += 2
		all, err := binary.Append(nil, header, now)
		if err != nil {
			log.Fatal(err)
		}
		write(all[8:], dataAt+8)
		write(all[:8], dataAt)
	}
	publish()
	header.PutUint64(function[addressAt:], address+uint64(dataAt))
	write(function, functionAt)
	for at, to := range replaced {
		const jump = 5
		write(header.AppendUint32([]byte{0xe9}, uint32(to-at-jump)), at)
	}

	lastTicks, last := both(unix.CLOCK_MONOTONIC)
	time.Sleep(shortest)
	for isKnown := false; ; untilSet(timer) {
		ticks, nanoseconds := both(unix.CLOCK_MONOTONIC)
		if passed := nanoseconds - last; passed >= int64(shortest) {
			reckoned := nanoseconds
			if isKnown {
				reckoned = int64(now.time + scale(ticks-now.ticks, now.rate, 1<<32))
			}
			off := nanoseconds - reckoned
			isKnown = -mostOff < off && off < mostOff
			now.oldest = 0
			if isKnown {
				// From where readers have got to, at a rate that brings them to the kernel's clock in a second: for nobody it goes back.
				inSecond := scale(ticks-lastTicks, uint64(time.Second), uint64(passed))
				now.ticks, now.time, now.oldest = ticks, uint64(reckoned), valid*inSecond
				now.rate = scale(uint64(int64(time.Second)+off), 1<<32, inSecond)
			} else {
				log.Printf("clock and counter went %s apart: the clock is read by system calls until its rate is known again", time.Duration(off))
			}
			lastTicks, last = ticks, nanoseconds
		}
		dateTicks, date := both(unix.CLOCK_REALTIME)
		date -= nanoseconds + int64(scale(dateTicks-ticks, now.rate, 1<<32))
		if moved := date - now.date; moved < -dateOff || moved > dateOff {
			now.date = date
		}
		publish()
	}
}
