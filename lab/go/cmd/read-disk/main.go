// Command read-disk DEVICE reads the device's first block past all caches, each second, for as long as it lives. As a process a read
// (dd, sleep) it took 8 % of a busy node's processor.
package main

import (
	"log"
	"os"
	"syscall"
	"time"
)

func main() {
	device, err := os.OpenFile(os.Args[1], os.O_RDONLY|syscall.O_DIRECT, 0)
	if err != nil {
		log.Fatal(err)
	}
	// A page of its own, as O_DIRECT wants it aligned.
	block, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		log.Fatal(err)
	}
	for range time.Tick(time.Second) {
		if _, err := device.ReadAt(block, 0); err != nil {
			log.Print(err)
		}
	}
}
